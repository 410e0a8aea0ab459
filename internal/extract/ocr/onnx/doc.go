// Package onnx runs neural networks with ONNX Runtime, which is loaded when the
// program runs: the program itself is built without C.
//
// It owns the library's function table and the memory that the library hands
// out. A network comes from a file of the installation, never from outside, and
// the library opens no connection.
package onnx
