"""From the kernel's hand-over to the first hardware report: the boot image in a virtual machine without KVM, kernel and initramfs given to QEMU directly, and the marks that the agent prints with its
first report. The regional service is a stand-in that takes every report, so that the image alone is measured. Touches nothing outside of a folder of its own.
IMAGES= folders with vmlinuz and initramfs, tried in turns (data/files/boot), ROUNDS= of each (3), COUNT=1: not seconds but instructions (500 million are shown as a second), on one processor: what
the machine does besides does not matter, and two runs differ by little more than 2%. NIC= DISK= QEMU's devices (virtio-net-pci, virtio-blk-pci), MEMORY= MiB (1024), CPU= (max,-erms,-fsrm: with erms the
kernel copies and clears memory by instructions that are emulated byte by byte, which no real processor does)."""
import http.server, json, os, re, statistics, subprocess, sys, tempfile, threading

LIMIT = 600


class Regional(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, code, content):
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(404, {"title": "No task assigned yet", "status": 404})

    def do_POST(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline(), 16):
                self.rfile.read(size + 2)
            self.rfile.readline()
        else:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/api/v1/report"):
            self.answer(200, {"message": "stored", "matched": False})
        else:
            self.answer(202, {"message": "ok", "directive": "continue"})

    def log_message(self, *_):
        pass


def boot(image, work, port):
    """The marks, in seconds."""
    counted = os.environ.get("COUNT")
    mac = "52:54:00:77:00:01"
    words = f"initrd=initramfs quiet mitigations=off init_on_alloc=0 panic=-1 console=tty0 console=ttyS0,115200 lpmos.regional=http://10.0.2.2:{port} lpmos.idc=dc1 BOOTIF=01-{mac.replace(':', '-')}"
    command = ["qemu-system-x86_64", "-accel", f"tcg,thread={'single' if counted else 'multi'},tb-size=512", *(["-icount", "shift=1,sleep=on"] if counted else []), "-machine", "q35,graphics=off", "-vga", "none",
               "-cpu", os.environ.get("CPU", "max,-erms,-fsrm"), "-smp", "1" if counted else "2", "-m", os.environ.get("MEMORY", "1024"), "-display", "none", "-serial", "stdio", "-monitor", "none", "-no-user-config", "-nodefaults", "-no-reboot",
               "-smbios", "type=1,serial=SN-START,product=PizzaBox,manufacturer=Acme,uuid=564d7777-0000-4000-8000-000000000001", "-device", "virtio-rng-pci",
               "-netdev", "user,id=net", "-device", f"{os.environ.get('NIC', 'virtio-net-pci')},netdev=net,mac={mac},romfile=",
               "-drive", f"if=none,id=disk,file={work}/disk.raw,format=raw", "-device", f"{os.environ.get('DISK', 'virtio-blk-pci')},drive=disk,serial=VD-START",
               "-kernel", f"{image}/vmlinuz", "-initrd", f"{image}/initramfs", "-append", words]
    console = []
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as machine:
        limit = threading.Timer(LIMIT, machine.kill)
        limit.start()
        try:
            for line in machine.stdout:
                console.append(line.decode(errors="replace").rstrip())
                if "Seconds since the kernel started: " in console[-1]:
                    return {what: float(seconds) for what, seconds in re.findall(r"(\w+) (\d+\.\d+)", console[-1].split(": ", 1)[1])}
        finally:
            limit.cancel()
            machine.kill()
    sys.exit(f"bench: the machine did not report its hardware within {LIMIT} s. Its console ended with:\n" + "\n".join(console[-15:]))


def main():
    images = os.environ.get("IMAGES", "data/files/boot").split()
    for image in images:
        if not os.path.isfile(f"{image}/initramfs"):
            sys.exit(f"bench: {image} has no initramfs: make boot-image, or name folders that have one with IMAGES=")
    rounds = int(os.environ.get("ROUNDS", "3"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Regional)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    results = {image: [] for image in images}
    with tempfile.TemporaryDirectory() as work:
        with open(f"{work}/disk.raw", "wb") as disk:
            disk.truncate(4 << 30)
        for _ in range(rounds):
            for image in images:
                marks = boot(image, work, server.server_port)
                results[image].append(marks)
                print(f"{image}: " + ", ".join(f"{what} {seconds:.1f}" for what, seconds in marks.items()), flush=True)
    for image, runs in results.items():
        print(f"{image}, median of {rounds}: " + ", ".join(f"{what} {statistics.median(run[what] for run in runs):.1f}" for what in runs[0] if all(what in run for run in runs)))


main()
