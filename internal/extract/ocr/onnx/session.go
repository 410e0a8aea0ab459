package onnx

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"
)

// Library is an opened ONNX Runtime. It lives as long as the program.
type Library struct {
	api     *api
	env     handle
	memory  handle
	version string
}

// Open loads the library from a file.
func Open(file string) (*Library, error) {
	a, v, err := load(file)
	if err != nil {
		return nil, err
	}
	l := &Library{api: a, version: v}
	const errorsOnly, arena, ordinary = 3, 1, 0
	if err := a.failed("environment", a.createEnv(errorsOnly, "amanah", &l.env)); err != nil {
		return nil, err
	}
	if err := a.failed("telemetry", a.noTelemetry(l.env)); err != nil {
		return nil, err
	}
	return l, a.failed("memory", a.memory(arena, ordinary, &l.memory))
}

// Version is the library's own, such as 1.30.0.
func (l *Library) Version() string { return l.version }

// Session is a network that is ready to run. Not for two goroutines at once.
type Session struct {
	lib     *Library
	session handle
}

// Load reads a network from a file. It uses at most threads processors.
func (l *Library) Load(model string, threads int) (*Session, error) {
	src, err := os.ReadFile(model)
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	if len(src) == 0 {
		return nil, errors.New("onnx: the network's file is empty")
	}
	a := l.api
	var options handle
	if err := a.failed("options", a.createOptions(&options)); err != nil {
		return nil, err
	}
	defer a.releaseOptions(options)
	const everything = 99
	for what, status := range map[string]handle{
		"threads":      a.threads(options, int32(threads)),
		"optimisation": a.optimise(options, everything),
		// Pictures differ in size: what an arena and its patterns keep for one would
		// only grow with the next.
		"arena":    a.noArena(options),
		"patterns": a.noPattern(options),
		// Threads that spin while they wait would take the processors of the rest.
		"spinning": a.config(options, "session.intra_op.allow_spinning", "0"),
	} {
		if err := a.failed(what, status); err != nil {
			return nil, err
		}
	}
	s := &Session{lib: l}
	status := a.createSession(l.env, &src[0], uintptr(len(src)), options, &s.session)
	runtime.KeepAlive(src)
	return s, a.failed("network", status)
}

// Run gives one input to the network and shows its one output to see, which must
// not keep it: the memory goes back to the library when see returns.
func (s *Session) Run(in, out string, data []float32, shape []int64, see func(out []float32, shape []int64) error) error {
	want := int64(1)
	for _, d := range shape {
		want *= d
	}
	if want <= 0 || want != int64(len(data)) {
		return fmt.Errorf("onnx: %d values for the shape %v", len(data), shape)
	}
	a := s.lib.api
	var pin runtime.Pinner
	defer pin.Unpin()
	inName, outName := append([]byte(in), 0), append([]byte(out), 0)
	for _, p := range []any{&data[0], &shape[0], &inName[0], &outName[0]} {
		pin.Pin(p)
	}
	const float = 1
	var input, output handle
	if err := a.failed("input", a.tensor(s.lib.memory, &data[0], uintptr(len(data))*unsafe.Sizeof(data[0]),
		&shape[0], uintptr(len(shape)), float, &input)); err != nil {
		return err
	}
	defer a.releaseValue(input)
	names, results := []*byte{&inName[0], &outName[0]}, []handle{input, nil}
	if err := a.failed("run", a.run(s.session, nil, &names[0], &results[0], 1, &names[1], 1, &results[1])); err != nil {
		return err
	}
	output = results[1]
	defer a.releaseValue(output)
	got, values, err := s.read(output)
	if err != nil {
		return err
	}
	return see(values, got)
}

// read is the shape and the values of a tensor, in the library's memory.
func (s *Session) read(value handle) ([]int64, []float32, error) {
	a := s.lib.api
	var info handle
	if err := a.failed("shape", a.shape(value, &info)); err != nil {
		return nil, nil, err
	}
	defer a.releaseShape(info)
	var n uintptr
	if err := a.failed("dimensions", a.dimsCount(info, &n)); err != nil {
		return nil, nil, err
	}
	if n == 0 || n > 8 {
		return nil, nil, fmt.Errorf("onnx: an output of %d dimensions", n)
	}
	shape := make([]int64, n)
	if err := a.failed("dimensions", a.dims(info, &shape[0], n)); err != nil {
		return nil, nil, err
	}
	total := int64(1)
	for _, d := range shape {
		total *= d
	}
	var first *float32
	if err := a.failed("output", a.data(value, &first)); err != nil {
		return nil, nil, err
	}
	if total <= 0 || first == nil {
		return shape, nil, nil
	}
	return shape, unsafe.Slice(first, total), nil
}

// Close gives the network's memory back.
func (s *Session) Close() {
	if s.session != nil {
		s.lib.api.releaseSession(s.session)
		s.session = nil
	}
}
