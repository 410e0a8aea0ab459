package identity

import "net/http"

// Network is what a device is counted by where a limit holds for a household or a
// server: its address, for IPv6 the /64; "unknown" without one.
func (d Device) Network() string { return network(d.IP) }

// DeviceOf is what a request shows of the person's device, for the packages
// beside this one that have pages of their own.
func DeviceOf(r *http.Request) Device { return device(r) }
