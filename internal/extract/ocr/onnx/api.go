package onnx

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/ebitengine/purego"
)

// version is the oldest interface that has every function used here. The
// library keeps older interfaces, and their table only grows at its end.
const version = 16

// handle is a value that the library owns.
type handle = unsafe.Pointer

// api is the part of the library's table that is used. Each function that can
// fail returns a status, nil if it did not.
type api struct {
	errorMessage   func(status handle) string
	createEnv      func(level int32, name string, out *handle) handle
	noTelemetry    func(env handle) handle
	createSession  func(env handle, model *byte, n uintptr, options handle, out *handle) handle
	run            func(session, options handle, inNames **byte, in *handle, ins uintptr, outNames **byte, outs uintptr, out *handle) handle
	createOptions  func(out *handle) handle
	noPattern      func(options handle) handle
	noArena        func(options handle) handle
	optimise       func(options handle, level int32) handle
	threads        func(options handle, n int32) handle
	config         func(options handle, key, value string) handle
	tensor         func(memory handle, data *float32, bytes uintptr, shape *int64, dims uintptr, kind int32, out *handle) handle
	data           func(value handle, out **float32) handle
	dimsCount      func(shape handle, out *uintptr) handle
	dims           func(shape handle, out *int64, n uintptr) handle
	shape          func(value handle, out *handle) handle
	memory         func(allocator, kind int32, out *handle) handle
	releaseEnv     func(handle)
	releaseStatus  func(handle)
	releaseMemory  func(handle)
	releaseSession func(handle)
	releaseValue   func(handle)
	releaseShape   func(handle)
	releaseOptions func(handle)
}

// base is OrtApiBase.
type base struct {
	api     uintptr // func(version uint32) *table
	version uintptr // func() string
}

// table is the beginning of OrtApi: pointers to functions, in an order that
// never changes.
type table [166]uintptr

// load opens the library and binds the functions, by their place in OrtApi of
// onnxruntime_c_api.h.
func load(file string) (*api, string, error) {
	lib, err := purego.Dlopen(file, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, "", fmt.Errorf("onnx: %w", err)
	}
	sym, err := purego.Dlsym(lib, "OrtGetApiBase")
	if err != nil {
		return nil, "", fmt.Errorf("onnx: %w", err)
	}
	var getBase func() *base
	purego.RegisterFunc(&getBase, sym)
	b := getBase()
	if b == nil {
		return nil, "", errors.New("onnx: the library has no interface")
	}
	var getVersion func() string
	purego.RegisterFunc(&getVersion, b.version)
	giveBack()
	var getTable func(uint32) *table
	purego.RegisterFunc(&getTable, b.api)
	t := getTable(version)
	if t == nil {
		return nil, "", fmt.Errorf("onnx: version %s of the library lacks interface %d", getVersion(), version)
	}
	a := &api{}
	for place, f := range map[int]any{
		2: &a.errorMessage, 3: &a.createEnv, 6: &a.noTelemetry, 8: &a.createSession, 9: &a.run, 10: &a.createOptions,
		17: &a.noPattern, 19: &a.noArena, 23: &a.optimise, 24: &a.threads, 130: &a.config,
		49: &a.tensor, 51: &a.data, 61: &a.dimsCount, 62: &a.dims, 65: &a.shape, 69: &a.memory,
		92: &a.releaseEnv, 93: &a.releaseStatus, 94: &a.releaseMemory, 95: &a.releaseSession,
		96: &a.releaseValue, 99: &a.releaseShape, 100: &a.releaseOptions,
	} {
		purego.RegisterFunc(f, t[place])
	}
	return a, getVersion(), nil
}

// giveBack makes the C library return large pieces to the system when they are
// freed. By itself it keeps them, and each picture of another size adds to that.
func giveBack() {
	sym, err := purego.Dlsym(purego.RTLD_DEFAULT, "mallopt")
	if err != nil {
		return // not glibc: it has its own ways
	}
	var mallopt func(name, value int32) int32
	purego.RegisterFunc(&mallopt, sym)
	const threshold, arenas = -3, -8
	mallopt(threshold, 6<<20)
	mallopt(arenas, 1)
}

// failed turns a status into an error and gives it back to the library.
func (a *api) failed(what string, status handle) error {
	if status == nil {
		return nil
	}
	text := a.errorMessage(status)
	a.releaseStatus(status)
	return fmt.Errorf("onnx: %s: %s", what, text)
}
