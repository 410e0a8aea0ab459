// Package app is the only one that knows all others. It reads the
// configuration, loads the notices and the laws, opens keys and stores, builds
// the modules in order, wires what one needs from another, starts what runs by
// itself, and closes it all again. There is no registry, no init, no container:
// read New from top to bottom and you have read the program.
//
// It must hold no rule of its own: an adapter here is a few lines between an
// interface that one package declares and a method that another has.
package app
