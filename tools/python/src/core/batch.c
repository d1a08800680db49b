/* Batch: a column or a record batch, ours or somebody's, that can be handed on as often as asked.
 */

#include <stdlib.h>
#include <string.h>

#include "core.h"

typedef struct {
  PyObject_HEAD Holding* holding;
} Batch;

static PyTypeObject* batch_type;

PyObject* batch_new(Holding* holding) {
  allocfunc make = (allocfunc)PyType_GetSlot(batch_type, Py_tp_alloc);
  Batch* batch = (Batch*)make(batch_type, 0);
  if (!batch) {
    holding_drop(holding);
    return NULL;
  }
  batch->holding = holding;
  return (PyObject*)batch;
}

Holding* batch_holding(PyObject* object) {
  if (Py_TYPE(object) == batch_type) return ((Batch*)object)->holding;
  PyErr_SetString(PyExc_TypeError, "a Batch is wanted");
  return NULL;
}

static void batch_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  holding_drop(((Batch*)self)->holding);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

static Py_ssize_t batch_length(PyObject* self) {
  return (Py_ssize_t)((Batch*)self)->holding->array.length;
}

static void free_schema_capsule(PyObject* capsule) {
  struct ArrowSchema* schema = PyCapsule_GetPointer(capsule, "arrow_schema");
  if (schema && schema->release) schema->release(schema);
  free(schema);
}

static void free_array_capsule(PyObject* capsule) {
  struct ArrowArray* array = PyCapsule_GetPointer(capsule, "arrow_array");
  if (array && array->release) array->release(array);
  free(array);
}

static PyObject* schema_capsule(Holding* holding) {
  struct ArrowSchema* schema = calloc(1, sizeof(*schema));
  if (!schema || share_schema(holding, holding_schema(holding), schema) != 0) {
    free(schema);
    return PyErr_NoMemory();
  }
  PyObject* capsule = PyCapsule_New(schema, "arrow_schema", free_schema_capsule);
  if (!capsule) {
    schema->release(schema);
    free(schema);
  }
  return capsule;
}

static PyObject* array_capsule(Holding* holding) {
  struct ArrowArray* array = calloc(1, sizeof(*array));
  if (!array || share_array(holding, &holding->array, array) != 0) {
    free(array);
    return PyErr_NoMemory();
  }
  PyObject* capsule = PyCapsule_New(array, "arrow_array", free_array_capsule);
  if (!capsule) {
    array->release(array);
    free(array);
  }
  return capsule;
}

static PyObject* batch_schema(PyObject* self, PyObject* ignored) {
  (void)ignored;
  return schema_capsule(((Batch*)self)->holding);
}

static PyObject* batch_array(PyObject* self, PyObject* args, PyObject* keywords) {
  (void)args;
  (void)keywords; /* a requested schema is a wish that we may leave unmet */
  PyObject* schema = schema_capsule(((Batch*)self)->holding);
  PyObject* array = schema ? array_capsule(((Batch*)self)->holding) : NULL;
  PyObject* both = array ? PyTuple_Pack(2, schema, array) : NULL;
  Py_XDECREF(schema);
  Py_XDECREF(array);
  return both;
}

static PyObject* batch_names(PyObject* self, PyObject* ignored) {
  (void)ignored;
  const struct ArrowSchema* schema = holding_schema(((Batch*)self)->holding);
  PyObject* names = PyList_New(0);
  for (int64_t i = 0; names && i < schema->n_children; ++i) {
    const char* name = schema->children[i]->name;
    PyObject* text = PyUnicode_FromString(name ? name : "");
    if (!text || PyList_Append(names, text) != 0) Py_CLEAR(names);
    Py_XDECREF(text);
  }
  return names;
}

/* One value of a column of a batch of verdicts: uint64, large_utf8, or int32 into large_utf8. */
static PyObject* value_at(const struct ArrowSchema* schema, const struct ArrowArray* array,
                          int64_t row) {
  const uint8_t* valid = array->buffers[0];
  const int64_t at = row + array->offset;
  if (valid && !(valid[at >> 3] >> (at & 7) & 1)) Py_RETURN_NONE;
  if (array->dictionary)
    return value_at(schema->dictionary, array->dictionary, ((const int32_t*)array->buffers[1])[at]);
  if (schema->format[0] == 'L')
    return PyLong_FromUnsignedLongLong(((const uint64_t*)array->buffers[1])[at]);
  const int64_t* offsets = array->buffers[1];
  return PyUnicode_DecodeUTF8((const char*)array->buffers[2] + offsets[at],
                              (Py_ssize_t)(offsets[at + 1] - offsets[at]), "replace");
}

static PyObject* batch_column(PyObject* self, PyObject* name) {
  Holding* holding = ((Batch*)self)->holding;
  const struct ArrowSchema* schema = holding_schema(holding);
  for (int64_t i = 0; i < schema->n_children; ++i) {
    const struct ArrowSchema* child = schema->children[i];
    PyObject* own = PyUnicode_FromString(child->name ? child->name : "");
    const int same = own ? PyObject_RichCompareBool(own, name, Py_EQ) : -1;
    Py_XDECREF(own);
    if (same < 0) return NULL;
    if (same == 0) continue;
    const struct ArrowArray* array = holding->array.children[i];
    PyObject* values = PyList_New((Py_ssize_t)array->length);
    for (int64_t row = 0; values && row < array->length; ++row) {
      PyObject* value = value_at(child, array, row);
      if (!value || PyList_SetItem(values, (Py_ssize_t)row, value) != 0) Py_CLEAR(values);
    }
    return values;
  }
  PyErr_SetObject(PyExc_KeyError, name);
  return NULL;
}

static PyMethodDef batch_methods[] = {
    {"__arrow_c_schema__", batch_schema, METH_NOARGS, "The schema as a PyCapsule."},
    {"__arrow_c_array__", (PyCFunction)(void (*)(void))batch_array, METH_VARARGS | METH_KEYWORDS,
     "Schema and array as PyCapsules."},
    {"names", batch_names, METH_NOARGS, "The names of its columns."},
    {"column", batch_column, METH_O, "A column of verdicts as a list."},
    {NULL, NULL, 0, NULL}};

static PyType_Slot batch_slots[] = {{Py_tp_new, no_new},
                                    {Py_tp_dealloc, batch_dealloc},
                                    {Py_tp_methods, batch_methods},
                                    {Py_sq_length, batch_length},
                                    {Py_tp_doc, "A column or record batch of Arrow data."},
                                    {0, NULL}};
static PyType_Spec batch_spec = {"jotmill._core.Batch", sizeof(Batch), 0, Py_TPFLAGS_DEFAULT,
                                 batch_slots};

int batch_ready(PyObject* module) {
  batch_type = (PyTypeObject*)PyType_FromSpec(&batch_spec);
  if (!batch_type) return -1;
  Py_INCREF(batch_type);
  return PyModule_AddObject(module, "Batch", (PyObject*)batch_type);
}

PyObject* core_import_array(PyObject* module, PyObject* args) {
  (void)module;
  PyObject *schema_capsule_in, *array_capsule_in;
  if (!PyArg_ParseTuple(args, "OO", &schema_capsule_in, &array_capsule_in)) return NULL;
  struct ArrowSchema* schema = PyCapsule_GetPointer(schema_capsule_in, "arrow_schema");
  struct ArrowArray* array = schema ? PyCapsule_GetPointer(array_capsule_in, "arrow_array") : NULL;
  if (!array) return NULL;
  if (!schema->release || !array->release) {
    PyErr_SetString(PyExc_ValueError, "the capsule was used already");
    return NULL;
  }
  Holding* holding = holding_new();
  if (!holding) return PyErr_NoMemory();
  holding->schema = *schema;
  holding->array = *array;
  schema->release = NULL;
  array->release = NULL;
  return batch_new(holding);
}
