/* A list of str, bytes and None as a column of large_binary. */

#include <stdlib.h>
#include <string.h>

#include "core.h"

/* The one block behind such a column. */
typedef struct {
  const void* buffers[3];
  uint8_t* valid;
  int64_t* offsets;
  char* bytes;
  size_t room;
} ListColumn;

static void free_column(ListColumn* column) {
  free(column->valid);
  free(column->offsets);
  free(column->bytes);
  free(column);
}

static void release_array(struct ArrowArray* array) {
  free_column(array->private_data);
  array->release = NULL;
}

static void release_schema(struct ArrowSchema* schema) { schema->release = NULL; }

static int append(ListColumn* column, int64_t row, const char* bytes, size_t size) {
  const size_t have = (size_t)column->offsets[row];
  if (size > column->room - have) {
    const size_t wanted = (have + size) + (have + size) / 2 + 64;
    char* more = realloc(column->bytes, wanted);
    if (!more) return -1;
    column->bytes = more;
    column->room = wanted;
  }
  if (size > 0) memcpy(column->bytes + have, bytes, size);
  column->offsets[row + 1] = (int64_t)(have + size);
  return 0;
}

/* -1 with an exception, which calls the first of these items number `first`. */
static int append_object(ListColumn* column, int64_t row, PyObject* object, int64_t* nulls,
                         long long first) {
  if (object == Py_None) {
    ++*nulls;
    return append(column, row, "", 0);
  }
  column->valid[row >> 3] |= (uint8_t)(1u << (row & 7));
  PyObject* encoded = NULL;
  if (PyUnicode_Check(object)) {
    encoded = PyUnicode_AsEncodedString(object, "utf-8", "surrogatepass");
    if (!encoded) return -1;
    object = encoded;
  } else if (!PyBytes_Check(object)) {
    PyObject* type = (PyObject*)Py_TYPE(object);
    PyErr_Format(PyExc_TypeError, "item %lld is a %R; wanted: str, bytes or None",
                 first + (long long)row, type);
    return -1;
  }
  char* bytes = NULL;
  Py_ssize_t size = 0;
  int failed = PyBytes_AsStringAndSize(object, &bytes, &size);
  if (!failed && append(column, row, bytes, (size_t)size) != 0) {
    PyErr_NoMemory();
    failed = -1;
  }
  Py_XDECREF(encoded);
  return failed;
}

PyObject* core_batch_of_list(PyObject* module, PyObject* args) {
  (void)module;
  PyObject* list;
  long long first = 0;
  if (!PyArg_ParseTuple(args, "O|L", &list, &first)) return NULL;
  if (!PyList_Check(list)) {
    PyErr_SetString(PyExc_TypeError, "a list is wanted");
    return NULL;
  }
  const Py_ssize_t rows = PyList_Size(list);
  Holding* holding = holding_new();
  ListColumn* column = calloc(1, sizeof(ListColumn));
  if (column) {
    column->valid = calloc((size_t)rows / 8 + 1, 1);
    column->offsets = calloc((size_t)rows + 1, sizeof(int64_t));
    column->bytes = malloc(64);
    column->room = 64;
  }
  if (!holding || !column || !column->valid || !column->offsets || !column->bytes) {
    if (column) free_column(column);
    holding_drop(holding);
    return PyErr_NoMemory();
  }
  int64_t nulls = 0;
  for (Py_ssize_t row = 0; row < rows; ++row) {
    /* The list may change while an item is encoded only by another thread; its size is asked again.
     */
    PyObject* item = row < PyList_Size(list) ? PyList_GetItem(list, row) : Py_None;
    if (!item || append_object(column, row, item, &nulls, first) != 0) {
      free_column(column);
      holding_drop(holding);
      return NULL;
    }
  }
  column->buffers[0] = column->valid;
  column->buffers[1] = column->offsets;
  column->buffers[2] = column->bytes;
  holding->schema = (struct ArrowSchema){
      .format = "Z", .name = "", .flags = ARROW_FLAG_NULLABLE, .release = release_schema};
  holding->array = (struct ArrowArray){.length = rows,
                                       .null_count = nulls,
                                       .n_buffers = 3,
                                       .buffers = column->buffers,
                                       .release = release_array,
                                       .private_data = column};
  return batch_new(holding);
}
