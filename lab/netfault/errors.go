package netfault

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

func errTimedOut() error { return os.NewSyscallError("connect", syscall.ETIMEDOUT) }

func errRefused() error { return os.NewSyscallError("connect", syscall.ECONNREFUSED) }

func errUnreachable() error { return os.NewSyscallError("connect", syscall.ENETUNREACH) }

// dialError is a failed dial as package net reports it.
func dialError(network, addr string, err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = os.ErrDeadlineExceeded // a timeout to whoever asks Timeout()
	}
	return &net.OpError{Op: "dial", Net: network, Addr: tcpAddr(addr), Err: err}
}

// ioError is a failed read or write as package net reports it. The end of a stream is none.
func ioError(op string, c net.Conn, err error) error {
	var known *net.OpError
	switch {
	case err == nil || errors.Is(err, io.EOF) || errors.As(err, &known):
		return err
	case errors.Is(err, os.ErrClosed):
		err = net.ErrClosed
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		err = os.NewSyscallError(op, number)
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}

// endOf is what the reader of the other direction shall see when a stream ends with err.
func endOf(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		return io.EOF
	}
	return syscall.ECONNRESET
}

func tcpAddr(addr string) net.Addr {
	ap, err := parseAddr(addr)
	if err != nil {
		return nil
	}
	return net.TCPAddrFromAddrPort(ap)
}
