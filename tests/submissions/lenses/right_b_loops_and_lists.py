# Right: plain loops, lists and Python numbers; one call of classify for each square.
# %% solution="lenses-roc"
def roc(labels, scores):
    pairs = sorted(zip([float(s) for s in scores], [int(y) for y in labels]), reverse=True)
    positives = sum(y for _, y in pairs)
    negatives = len(pairs) - positives
    fpr, tpr, tp, fp = [0.0], [0.0], 0, 0
    for i, (s, y) in enumerate(pairs):
        if y == 1:
            tp += 1
        else:
            fp += 1
        if i + 1 == len(pairs) or pairs[i + 1][0] != s:
            fpr.append(fp / negatives)
            tpr.append(tp / positives)
    return fpr, tpr

# %% solution="lenses-auroc"
def auroc(labels, scores):
    lenses = [s for s, y in zip(scores.tolist(), labels) if y == 1]
    others = [s for s, y in zip(scores.tolist(), labels) if y == 0]
    total = 0.0
    for a in lenses:
        for b in others:
            if a > b:
                total += 1
            elif a == b:
                total += 0.5
    return total / (len(lenses) * len(others))

# %% solution="lenses-tpr"
def tpr_at(labels, scores, false_positives):
    best = 0.0
    for t in list(scores) + [max(scores) + 1]:
        tp = fp = 0
        for y, s in zip(labels, scores):
            if s >= t:
                if y:
                    tp += 1
                else:
                    fp += 1
        if fp <= false_positives:
            best = max(best, tp / sum(labels.tolist()))
    return best

# %% solution="lenses-completeness"
def completeness(scores, theta_E, edges, threshold):
    fractions = []
    for k in range(len(edges) - 1):
        found = lenses = 0
        for s, t in zip(scores, theta_E):
            if edges[k] <= t < edges[k + 1]:
                lenses += 1
                found += s >= threshold
        fractions.append(found / lenses if lenses else float("nan"))
    return fractions

# %% solution="lenses-reliability"
def reliability(labels, probabilities, n_bins):
    bins = [[] for _ in range(n_bins)]
    for y, p in zip(labels.tolist(), probabilities):
        bins[min(int(p * n_bins), n_bins - 1)].append((y, p))
    nan = float("nan")
    mean = [sum(p for _, p in b) / len(b) if b else nan for b in bins]
    fraction = [sum(y for y, _ in b) / len(b) if b else nan for b in bins]
    return mean, fraction, [float(len(b)) for b in bins]

# %% solution="lenses-prevalence"
def at_prevalence(probabilities, trained, prevalence):
    result = []
    for p in probabilities:
        lens = p * prevalence * (1 - trained)
        result.append(lens / (lens + (1 - p) * trained * (1 - prevalence)))
    return result

# %% solution="lenses-occlusion"
def occlusion_map(classify, image, size, fill):
    m = len(image) // size
    before = float(classify(image[None])[0])
    drops = []
    for k in range(m):
        row = []
        for l in range(m):
            kept = image[k * size : (k + 1) * size, l * size : (l + 1) * size].copy()
            image[k * size : (k + 1) * size, l * size : (l + 1) * size] = fill
            row.append(before - float(classify(image[None])[0]))
            image[k * size : (k + 1) * size, l * size : (l + 1) * size] = kept
        drops.append(row)
    return drops
