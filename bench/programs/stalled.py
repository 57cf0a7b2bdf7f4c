"""Browsers that stop reading when they get SIGUSR1: with the smallest receive buffer there is.

Node can't set that buffer, and the kernel's usual ones swallow minutes of a stream.
"""
import os
import select
import signal
import socket
import sys
import time

host, port, path, count = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
reading = True
# As bench/signed-in.ts says it.
known = os.environ.get("BENCH_AUTHORIZATION")
who = f"Authorization: {known}\r\n" if known else ""


def stop(*_):
    global reading
    reading = False


signal.signal(signal.SIGUSR1, stop)
held = []
for _ in range(count):
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
    one.connect((host, port))
    one.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{who}\r\n".encode())
    one.recv(512)
    held.append(one)
print("reading", flush=True)
while reading:
    for one in select.select(held, [], [], 0.1)[0]:
        one.recv(65536)
time.sleep(3600)
