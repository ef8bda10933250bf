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

/* each(function, is_wide, count, answers, arguments): see _each.pyi */
static PyObject *each(PyObject *module, PyObject *args)
{
    unsigned long long function, answers;
    int is_wide;
    Py_ssize_t count;
    PyObject *arguments;
    series of[MOST_ARGUMENTS];
    (void)module;
    if (!PyArg_ParseTuple(args, "KpnKO!", &function, &is_wide, &count, &answers, &PyTuple_Type,
                          &arguments))
        return NULL;
    Py_ssize_t n = PyTuple_Size(arguments);
    if (n < 1 || n > MOST_ARGUMENTS) {
        PyErr_Format(PyExc_ValueError, "1 to %d arguments, not %zd", MOST_ARGUMENTS, n);
        return NULL;
    }
    for (Py_ssize_t k = 0; k < n; k++) {
        unsigned long long begin;
        long long step;
        int is_stored;
        if (!PyArg_ParseTuple(PyTuple_GetItem(arguments, k), "KLp", &begin, &step, &is_stored))
            return NULL;
        of[k] = (series){(word)begin, (word)step, is_stored};
    }
    void *f = (void *)(word)function;
    int64_t *out = (int64_t *)(word)answers;
    if (is_wide)
        for (Py_ssize_t i = 0; i < count; i++)
            out[i] = (int64_t)CALL(word, f, n, of, i);
    else
        for (Py_ssize_t i = 0; i < count; i++)
            out[i] = CALL(int, f, n, of, i);
    Py_RETURN_NONE;
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
