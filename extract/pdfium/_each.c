/* One function of PDFium, called for each of many items without Python in between.

   A call through ctypes takes 0.1 to 0.2 us, the same call in a compiled loop below 0.01 us, and a
   page takes tens of thousands. This file knows nothing of PDFium: address, kind of answer and
   arguments come from library.py, which does the same by itself where this was not compiled.

   As with ctypes, arguments are machine words: handles, addresses, and numbers, of which the
   function reads the lower half. All calling conventions in use pass these alike. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#define MOST_ARGUMENTS 5

typedef uintptr_t word;

/* An argument that changes from item to item by a step, or is read from memory at such places. */
typedef struct {
    word begin;
    word step;
    int is_stored;
} series;

static word item(const series *of, Py_ssize_t i)
{
    word at = of->begin + (word)i * of->step;
    return of->is_stored ? (word) * (const uint64_t *)at : at;
}

#define CALL(answer, f, n, s, i)                                                                   \
    ((n) == 1   ? ((answer(*)(word))(f))(item(s, i))                                               \
     : (n) == 2 ? ((answer(*)(word, word))(f))(item(s, i), item(s + 1, i))                         \
     : (n) == 3 ? ((answer(*)(word, word, word))(f))(item(s, i), item(s + 1, i), item(s + 2, i))   \
     : (n) == 4 ? ((answer(*)(word, word, word, word))(f))(item(s, i), item(s + 1, i),             \
                                                           item(s + 2, i), item(s + 3, i))         \
                : ((answer(*)(word, word, word, word, word))(f))(                                  \
                      item(s, i), item(s + 1, i), item(s + 2, i), item(s + 3, i), item(s + 4, i)))

/* The memory of an array, held while it is used: rows `step` apart. */
static int hold(PyObject *array, Py_ssize_t count, int flags, Py_buffer *view)
{
    if (PyObject_GetBuffer(array, view, PyBUF_STRIDES | flags))
        return -1;
    if (view->ndim >= 1 && view->shape[0] >= count)
        return 0;
    PyBuffer_Release(view);
    PyErr_SetString(PyExc_ValueError, "an array has fewer rows than there are items");
    return -1;
}

/* A number of Python's, of which the lower 64 bits count. */
static word number(PyObject *of, const char *attribute)
{
    PyObject *value = PyObject_GetAttrString(of, attribute);
    word lower = value ? (word)PyLong_AsUnsignedLongLongMask(value) : 0;
    Py_XDECREF(value);
    return lower;
}

/* One argument as a series; `view` is held where the argument has an array. */
static int read_argument(PyObject *argument, Py_ssize_t count, series *of, Py_buffer *view)
{
    view->obj = NULL;
    if (PyLong_Check(argument)) {
        *of = (series){(word)PyLong_AsUnsignedLongLongMask(argument), 0, 0};
    } else if (PyRange_Check(argument)) {
        *of = (series){number(argument, "start"), number(argument, "step"), 0};
    } else if (PyTuple_Check(argument)) { /* addresses(array, column) */
        if (hold(PyTuple_GetItem(argument, 0), count, PyBUF_WRITABLE, view))
            return -1;
        word column = (word)PyLong_AsSsize_t(PyTuple_GetItem(argument, 1));
        *of = (series){(word)view->buf + column * (word)view->itemsize, (word)view->strides[0], 0};
    } else {
        if (hold(argument, count, 0, view))
            return -1;
        *of = (series){(word)view->buf, (word)view->strides[0], 1};
        if (view->itemsize != 8)
            PyErr_SetString(PyExc_ValueError, "values are read from memory as words of 8 bytes");
    }
    return PyErr_Occurred() ? -1 : 0;
}

/* each(function, is_wide, count, answers, arguments): see _each.pyi */
static PyObject *each(PyObject *module, PyObject *args)
{
    unsigned long long function;
    int is_wide;
    Py_ssize_t count, n, held = 0;
    PyObject *arguments, *answers, *done = NULL;
    series of[MOST_ARGUMENTS];
    Py_buffer views[MOST_ARGUMENTS], found;
    (void)module;
    if (!PyArg_ParseTuple(args, "KpnOO!", &function, &is_wide, &count, &answers, &PyTuple_Type,
                          &arguments))
        return NULL;
    n = PyTuple_Size(arguments);
    if (n < 1 || n > MOST_ARGUMENTS) {
        PyErr_Format(PyExc_ValueError, "1 to %d arguments, not %zd", MOST_ARGUMENTS, n);
        return NULL;
    }
    if (hold(answers, count, PyBUF_WRITABLE, &found))
        return NULL;
    for (; held < n; held++)
        if (read_argument(PyTuple_GetItem(arguments, held), count, of + held, views + held)) {
            held++;
            goto release;
        }
    void *f = (void *)(word)function;
    int64_t *out = found.buf;
    if (is_wide)
        for (Py_ssize_t i = 0; i < count; i++)
            out[i] = (int64_t)CALL(word, f, n, of, i);
    else
        for (Py_ssize_t i = 0; i < count; i++)
            out[i] = CALL(int, f, n, of, i);
    done = Py_NewRef(Py_None);
release:
    while (held--)
        PyBuffer_Release(views + held);
    PyBuffer_Release(&found);
    return done;
}

static PyMethodDef methods[] = {
    {"each", each, METH_VARARGS, "Call a function for each of many items."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_each", .m_size = 0, .m_methods = methods,
};

PyMODINIT_FUNC PyInit__each(void)
{
    return PyModuleDef_Init(&definition);
}
