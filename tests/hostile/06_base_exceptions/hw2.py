import numpy as np


def gradient(x):
    raise KeyboardInterrupt


def hessian(x):
    raise GeneratorExit


def slopes(ds, n):
    raise type("Odd", (BaseException,), {})
