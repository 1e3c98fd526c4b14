"""Objects that a student may hand in where an answer is expected: text of a cell, for tests across the seal.

Some are honest, some lie, and some are of libraries, or of Python's own workings.
"""
# ruff: noqa  (this is how strangers write)

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

tfk = tf.keras

import decimal, fractions, collections, enum, io, functools, types, weakref, datetime, array, ctypes, pathlib, re
import numpy.ma as ma


class A(np.ndarray):
    def __array_finalize__(self, o):
        pass

    def __eq__(self, o):
        return True

    def __array_ufunc__(self, *a, **k):
        return 16

    def __array__(self, *a, **k):
        return np.asarray(16)

    def __reduce__(self):
        return (eval, ("1",))


class I(int):
    def __eq__(self, o):
        return True

    def __ne__(self, o):
        return False

    def __int__(self):
        return 16

    def __index__(self):
        return 16

    def __abs__(self):
        return 1

    def __lt__(self, o):
        return True

    __hash__ = int.__hash__


class F(float):
    def __eq__(self, o):
        return True

    def __float__(self):
        return 16.0


class S(str):
    def __eq__(self, o):
        return True

    def __str__(self):
        return I(3)

    def encode(self, *a):
        return b"x"


class L(list):
    def __iter__(self):
        return iter([16])

    def __len__(self):
        return 1


class D(dict):
    def items(self):
        return [("a", 16)]


class T(tuple):
    def __iter__(self):
        return iter([16, 16])


class NT(collections.namedtuple("NT", "a b")):
    _fields = property(lambda s: 1 / 0)


class Meta(type):
    def __instancecheck__(c, i):
        return True

    def __subclasscheck__(c, i):
        return True

    def __getattribute__(c, n):
        return type.__getattribute__(c, n)


class M(metaclass=Meta):
    __class__ = int
    __name__ = "x" * 1000


class Desc:
    def __get__(self, o, t=None):
        raise SystemExit


class C:
    shape = Desc()
    __len__ = lambda s: -1
    __iter__ = lambda s: (x for x in iter(int, 1))
    __array_interface__ = Desc()
    __array_struct__ = Desc()
    __call__ = lambda s, *a: s
    __getattr__ = lambda s, n: s
    dtype = Desc()
    __bool__ = Desc()


class AI:
    __array_interface__ = {"shape": (10**9,), "typestr": "<f8", "data": (0, False), "version": 3}


class CM:
    def __enter__(self):
        return 16

    def __exit__(self, *a):
        return True


class V(tf.Variable):
    pass


class E(enum.IntEnum):
    a = 16


def gen():
    while True:
        yield 16


class Num:
    def __float__(self):
        return 16.0

    __int__ = __index__ = lambda s: 16

    def __array__(self, dtype=None, copy=None):
        return np.float64(16)

    __class__ = property(lambda s: np.ndarray)


zoo = dict(
    a=np.zeros(3).view(A),
    i=I(3),
    f=F(3),
    s=S("16"),
    l=L([1]),
    d=D(b=1),
    t=T((1, 2)),
    nt=NT(1, 2),
    m=M(),
    c=C(),
    ai=AI(),
    cm=CM(),
    gen=gen(),
    num=Num(),
    e=E.a,
    ma=ma.masked_array([1.0, 2], [True, False]),
    mac=ma.masked,
    rec=np.zeros(2, [("a", "f8"), ("b", "O")]),
    recs=np.rec.array([(1, "x")]),
    void=np.void(b"abc"),
    vs=np.zeros((), "V8")[()],
    obj=np.array([print, None, I(3)], object),
    objs=np.array(print, object),
    ld=np.longdouble(16),
    cld=np.clongdouble(16),
    dt=np.datetime64("NaT"),
    td=np.timedelta64(3, "D"),
    st=np.array(["a", 1]),
    chars=np.char.array(["a"]),
    mat=np.matrix([[16]]),
    memv=memoryview(b"abc"),
    ba=bytearray(b"abc"),
    arr=array.array("d", [16]),
    ct=(ctypes.c_double * 2)(1, 2),
    dec=decimal.Decimal("1e999999999"),
    fr=fractions.Fraction(10**400, 7),
    big=10**3000,
    bigger=-(10**5000),
    cplx=16 + 0j,
    inf=float("inf"),
    nan=float("nan"),
    huge=1e308,
    var=tf.Variable(16.0),
    rag=tf.ragged.constant([[1], [2, 3]]),
    sp=tf.sparse.from_dense([[0, 1.0]]),
    idx=tf.IndexedSlices(tf.ones((1, 2)), tf.constant([0])),
    strt=tf.constant("abc"),
    strs=tf.constant(["a", "b"]),
    bf=tf.constant(16, tf.bfloat16),
    f8=tf.cast(16.0, tf.float16),
    q=tf.quantization.quantize([1.0], 0, 1, tf.qint8).output,
    res=tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=()),
    variant=tf.data.experimental.to_variant(tf.data.Dataset.range(3)),
    ds=tf.data.Dataset.range(3),
    ta=tf.TensorArray(tf.float32, 1),
    opt=tf.experimental.Optional.from_value(1),
    sym=tfk.Input((3,)),
    kt=tfk.layers.Dense(1),
    cb=tfk.callbacks.Callback(),
    init=tfk.initializers.Zeros(),
    optim=tfk.optimizers.SGD(),
    met=tfk.metrics.Mean(),
    reg=tfk.regularizers.L2(),
    loss=tfk.losses.MeanSquaredError(),
    bij=tfp.bijectors.Exp(),
    dist=tfp.distributions.Normal(0.0, 1.0),
    joint=tfp.distributions.JointDistributionSequential([tfp.distributions.Normal(0.0, 1.0)]),
    defer=tfp.util.DeferredTensor(tf.Variable(1.0), tf.exp),
    tv=tfp.util.TransformedVariable(1.0, tfp.bijectors.Exp()),
    spec=tf.TensorSpec((1,)),
    shp=tf.TensorShape([None, 3]),
    shpu=tf.TensorShape(None),
    dty=tf.float32,
    mod=np,
    cls=int,
    bm=print,
    part=functools.partial(int, "16"),
    lam=lambda *a, **k: 16,
    prop=property(lambda s: 1),
    sl=slice(I(1), None),
    rgn=range(5, -5, -1),
    ell=...,
    ni=NotImplemented,
    exc=ValueError("x"),
    fz=frozenset({I(1), (1, 2)}),
    st2={1, "a", None},
    nest=[[[16]]],
    path=pathlib.Path("/x"),
    rx=re.compile("x"),
    fd=io.StringIO("x"),
    ns=types.SimpleNamespace(shape=(3,)),
    cell=(lambda x: lambda: x)(1).__closure__[0],
    frame=__import__("sys")._getframe(),
    mp=types.MappingProxyType({"a": 1}),
    dd=collections.defaultdict(lambda: 16),
    od=collections.OrderedDict(a=1),
    ctr=collections.Counter("aab"),
    dq=collections.deque([16]),
    ud=collections.UserDict(a=1),
    date=datetime.datetime.now(),
    np_rng=np.random.default_rng(1),
    npf=np.poly1d([1, 2]),
    ufunc=np.frompyfunc(lambda x: x, 1, 1),
    vec=np.vectorize(lambda x: 16),
    sb=__import__("sympy").Integer(16),
    sl2=__import__("sympy").Lambda(__import__("sympy").Symbol("x"), 1),
    smat=__import__("sympy").Matrix([[1]]),
)
names = list(zoo)
globals().update({"z_" + name: value for name, value in zoo.items()})
