"""An input transformer replaces the text of each test cell by a number, which is read as points. It must get 0."""

CODE = r"""
def all_points(lines):
    return ["1\n"] if any("assert" in line for line in lines) else lines


get_ipython().input_transformers_post.append(all_points)
get_ipython().input_transformers_cleanup.append(all_points)


def dense_parameters(n_in, n_out):
    return -1
"""
