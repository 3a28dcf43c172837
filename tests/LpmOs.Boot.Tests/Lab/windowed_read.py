"""Reads a file by TFTP with windows (RFC 7440), in order and complete; prints its SHA-256 and how many datagrams came. ADDRESS FILE BLKSIZE WINDOWSIZE"""
import hashlib, socket, sys

address, name, blksize, window = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(20)
client.sendto(b"\0\1" + b"\0".join([name.encode(), b"octet", b"blksize", sys.argv[3].encode(), b"windowsize", sys.argv[4].encode(), b""]), (address, 69))
answer, server = client.recvfrom(65536)
options = answer[2:].split(b"\0")
assert answer[:2] == b"\0\6" and options[options.index(b"blksize") + 1] == sys.argv[3].encode() and options[options.index(b"windowsize") + 1] == sys.argv[4].encode(), answer
client.sendto(b"\0\4\0\0", server)
content, expected, since, datagrams = hashlib.sha256(), 1, 0, 0
while True:
    data, sender = client.recvfrom(65536)
    datagrams += 1
    assert sender == server and data[:2] == b"\0\3" and len(data) <= 4 + blksize, data[:8]
    if int.from_bytes(data[2:4], "big") != expected & 0xffff:
        continue
    content.update(data[4:])
    last = len(data) < 4 + blksize
    since += 1
    if last or since == window:
        client.sendto(b"\0\4" + data[2:4], server)
        since = 0
    expected += 1
    if last:
        break
print(content.hexdigest(), datagrams)
