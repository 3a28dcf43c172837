"""Measures for build/bench-boot.sh, inside a network of its own."""
import atexit, datetime, json, os, re, signal, subprocess, sys, tempfile, time, urllib.request

dll = os.environ.get("DLL") or "services/LpmOs.Standalone/bin/Release/net10.0/LpmOs.Standalone.dll"
load_tool = "tests/LpmOs.Bench/bin/Release/net10.0/LpmOs.Bench"
rounds = int(os.environ.get("ROUNDS") or (7 if os.environ.get("LONG") else 3))
machines = int(os.environ.get("MACHINES") or 10_000)
only = (os.environ.get("ONLY") or "files tftp scripts dhcp dhcp-peers").split()
work = tempfile.mkdtemp(prefix="lpmos-bench-")
started, rows, notes, faults = [], [], [], []


def clean_up():
    for process in started:
        if process.poll() is None:
            process.kill()
    subprocess.run(["rm", "-rf", work])


# Interrupted or failed, nothing of it stays: neither a server nor its files.
atexit.register(clean_up)
endings = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def interrupted(*_):
    # A second one would break off the cleaning up.
    for ending in endings:
        signal.signal(ending, signal.SIG_IGN)
    sys.exit("bench: interrupted")


for ending in endings:
    signal.signal(ending, interrupted)


def start(*command, **more):
    log = f"{work}/{len(started)}.log"
    process = subprocess.Popen(command, stdout=open(log, "wb"), stderr=subprocess.STDOUT, **more)
    process.log = log
    started.append(process)
    return process


def service(**settings):
    """A standalone service, started as build/run-service.sh does; gives its process."""
    environment = dict({"DOTNET_GCgen0size": "0x1000000"} | os.environ, LPMOS_Tasks__Urls="http://127.0.0.1:8080", LPMOS_Regional__Urls="http://127.0.0.1:8081", LPMOS_Boot__Urls="http://127.0.0.1:8082",
                       LPMOS_Boot__FilesPath=f"{work}/files", LPMOS_Store__Embedded__Path=f"{work}/{len(started)}.db", LPMOS_Templates__Path=os.path.abspath("templates"), **settings)
    process = start("dotnet", dll, env=environment)
    for port in (8080, 8082):
        wait(f"http://127.0.0.1:{port}/readyz", process)
    return process


def last_words(process):
    with open(process.log, errors="replace") as file:
        return "".join(file.readlines()[-20:])


def wait(url, process):
    end = time.monotonic() + 180
    while True:
        try:
            return urllib.request.urlopen(url, timeout=10).read()
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                sys.exit(f"bench: {url} does not answer. The last of what its server said:\n{last_words(process)}")
            time.sleep(0.1)


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def spread(values):
    values = sorted(values)
    return {"min": round(values[0], 4), "median": round(values[len(values) // 2], 4), "max": round(values[-1], 4)}


def text(one):
    shown = lambda v: f"{v:.0f}" if v >= 100 else f"{v:.1f}" if v >= 10 else f"{v:.2f}"
    return " / ".join(shown(one[key]) for key in ("min", "median", "max"))


def row(what, unit, against, sense, pairs, at_least=None, at_most=None):
    """Ours and theirs of each round; the ratio is ours by theirs."""
    one = {"what": what, "unit": unit, "ours": spread([p[0] for p in pairs]), "against": against, "theirs": spread([p[1] for p in pairs]), "ratio": spread([p[0] / p[1] for p in pairs]), "sense": sense}
    if at_least is not None:
        one |= {"at_least": at_least, "reached": one["ratio"]["median"] >= at_least}
    if at_most is not None:
        one |= {"at_most": at_most, "reached": one["ratio"]["median"] <= at_most}
    rows.append(one)
    print(f"{what}\n  ours {text(one['ours'])} {unit}; {against} {text(one['theirs'])}; {text(one['ratio'])} {sense}   {asked(one)}", flush=True)


def asked(one):
    return "".join(f"{words} {one[key]:g}: {'reached' if one['reached'] else 'missed'}" for key, words in (("at_least", "at least"), ("at_most", "at most")) if key in one)


def note(words):
    notes.append(words)
    print(f"  {words}", flush=True)


def wrk(url, clients, seconds=3, script=None):
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", *(["-s", script] if script else []), url]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    value = lambda words, scale: float(words[0]) * scale[words[1]]
    took, size, unit = re.search(r"requests in ([\d.]+)s, ([\d.]+)(KB|MB|GB)", answer).groups()
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", answer)[1]), "bytes": float(size) * {"KB": 1e-3, "MB": 1, "GB": 1024}[unit] / float(took), "bad": "Non-2xx" in answer,
            **{name: value(re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", answer).groups(), {"us": 0.001, "ms": 1, "s": 1000}) for name, percent in (("p50", 50), ("p99", 99))}}


def processor(pids):
    return sum(sum(map(int, open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[11:13])) for pid in pids) / os.sysconf("SC_CLK_TCK")


def files():
    nginx_configuration("", f"location /files/ {{ alias {work}/files/; }}")
    peer, ours = nginx(), service(LPMOS_Boot__Tftp__Enabled="false")
    wait("http://127.0.0.1:8090/files/image", peer)
    for clients in (1, 32):
        run = lambda port: wrk(f"http://127.0.0.1:{port}/files/image", clients)["bytes"]
        run(8090), run(8082)
        row(f"file by HTTP, {clients} client{'s' * (clients > 1)}", "MB/s", "nginx, sendfile", "times as much", [(run(8082), run(8090)) for _ in range(rounds)], at_least=0.9)
    stop(ours), stop(peer)


def nginx_configuration(http, server):
    with open(f"{work}/nginx.conf", "w") as file:
        file.write(f"""user root; worker_processes auto; daemon off; pid {work}/nginx.pid; error_log {work}/nginx-error.log; events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; {http} client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3; uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
server {{ listen 127.0.0.1:8090; {server} }} }}""")


def nginx():
    return start("nginx", "-e", f"{work}/nginx-error.log", "-c", f"{work}/nginx.conf")


def tftp():
    ours = service(LPMOS_Boot__Tftp__Port="6900", LPMOS_Boot__Tftp__Address="127.0.0.1")
    start("in.tftpd", "-L", "-a", "127.0.0.2:6900", "-u", "root", "-s", f"{work}/files")
    start("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--enable-tftp", f"--tftp-root={work}/files", "--tftp-max=500", "--user=root", "--group=root",
          "--listen-address=127.0.0.3", "--bind-interfaces", f"--pid-file={work}/dnsmasq.pid")
    time.sleep(1)
    servers = {"ours": ("127.0.0.1", 6900), "in.tftpd": ("127.0.0.2", 6900), "dnsmasq": ("127.0.0.3", 69)}

    def run(server, clients, block, window):
        address, port = servers[server]
        answer = subprocess.run([load_tool, "tftp-load", address, str(port), "image", str(clients), str(block), str(window), "2"], capture_output=True, text=True)
        figures = answer.stdout.split()
        if answer.returncode != 0 or float(figures[0]) == 0:
            faults.append(f"TFTP, {server}, {clients} clients, {block} bytes: nothing came. {answer.stdout} {answer.stderr}")
            return 0.001
        repeated[server] = repeated.get(server, 0) + int(figures[2])
        return float(figures[0]) / (1 << 20)

    repeated = {}
    for block in (512, 1428):
        for clients in (1, 10, 50):
            for server in servers:
                run(server, clients, block, 1)
            measured = [{server: run(server, clients, block, 1) for server in servers} for _ in range(rounds)]
            for peer in ("in.tftpd", "dnsmasq"):
                row(f"file by TFTP, {clients} client{'s' * (clients > 1)}, blocks of {block}", "MB/s", peer, "times as much", [(m["ours"], m[peer]) for m in measured], at_least=1)
    for clients in (1, 10, 50):
        pairs = [(run("ours", clients, 1428, 16), run("in.tftpd", clients, 1428, 1), run("dnsmasq", clients, 1428, 16)) for _ in range(rounds)]
        row(f"file by TFTP, {clients} client{'s' * (clients > 1)}, blocks of 1428, windowsize 16", "MB/s", "in.tftpd, which has no windows", "times as much", [(p[0], p[1]) for p in pairs], at_least=3)
        row(f"file by TFTP, {clients} client{'s' * (clients > 1)}, blocks of 1428, windowsize 16", "MB/s", "dnsmasq, asked for the same", "times as much", [(p[0], p[2]) for p in pairs])
    note("TFTP clients have an address of their own each; repetitions: " + ", ".join(f"{server} {count}" for server, count in sorted(repeated.items())) + ".")
    stop(ours)


def scripts():
    # All machines ask from one address here, which may ask for no more than 5,000 a second otherwise.
    ours = service(LPMOS_Boot__Tftp__Enabled="false", LPMOS_Boot__Limits__PerAddress="0")
    for first in range(0, machines, 1000):
        body = json.dumps([{"idc": "dc1", "sn": f"SN-{n:05}", "mac": f"52:54:00:00:{n >> 8:02x}:{n & 255:02x}", "os_type": "debian"} for n in range(first, min(first + 1000, machines))])
        urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8080/api/v1/tasks/batch", body.encode(), method="POST"), timeout=600).read()
    path = "/ipxe?mac=52-54-00-00-%02x-%02x&serial=SN-%05d&uuid=564d&platform=efi&arch=x86_64&manufacturer=Acme&product=Box"
    with open(f"{work}/scripts.lua", "w") as file:
        file.write(f"""local n = 0
request = function()
  n = (n + 7919) % {machines}
  return wrk.format("GET", string.format("{path}", math.floor(n / 256), n % 256, n))
end
""")
    # Fifty machines at a time, each of which asks again 6 to 10 ms after its answer: some 5,000 a second, whether they are answered at once or not.
    with open(f"{work}/paced.lua", "w") as file:
        file.write(open(f"{work}/scripts.lua").read() + "function delay() return math.random(6, 10) end\n")
    script = urllib.request.urlopen("http://127.0.0.1:8082" + path % (0, 1, 1)).read()
    os.makedirs(f"{work}/files/script", exist_ok=True)
    with open(f"{work}/files/script/one", "wb") as file:
        file.write(script)
    nginx_configuration("", f"location / {{ root {work}/files/script; try_files /one =404; }}")
    peer = nginx()
    wait("http://127.0.0.1:8090/", peer)
    run = lambda port, clients: wrk(f"http://127.0.0.1:{port}", clients, 5, f"{work}/scripts.lua")
    run(8082, 4)
    for clients in (1, 4, 16):
        before, pairs = processor([ours.pid]), []
        for _ in range(rounds):
            pairs.append((run(8082, clients), run(8090, clients)))
        used = processor([ours.pid]) - before
        what = f"script of one of {machines} machines, {clients} client{'s' * (clients > 1)}"
        if any(p[0]["bad"] for p in pairs):
            faults.append(f"{what}: not every answer was one")
        row(f"{what}: how many", "a second", "asked for", "of what is asked for", [(p[0]["rate"], 5000) for p in pairs], at_least=1)
        row(f"{what}: 99th percentile", "ms", "nginx with one fixed script", "times as long", [(p[0]["p99"], p[1]["p99"]) for p in pairs])
        note(f"{what}: {1000 * used / (5 * sum(p[0]['rate'] for p in pairs)):.3f} ms of processor time each, median {spread([p[0]['p50'] for p in pairs])['median']:.2f} ms.")
    paced = lambda port: wrk(f"http://127.0.0.1:{port}", 50, 8, f"{work}/paced.lua")
    pairs = [(paced(8082), paced(8090)) for _ in range(rounds)]
    what = f"script of one of {machines} machines, 5,000 asked for a second"
    row(f"{what}: how many", "a second", "asked for", "of what is asked for", [(p[0]["rate"], 5000) for p in pairs], at_least=0.95)
    row(f"{what}: 99th percentile", "ms", "asked for", "of what is allowed", [(p[0]["p99"], 2) for p in pairs], at_most=1)
    row(f"{what}: 99th percentile", "ms", "nginx with one fixed script", "times as long", [(p[0]["p99"], p[1]["p99"]) for p in pairs])
    stop(ours), stop(peer)


def dhcp():
    # The machines are behind a wire of their own.
    room = start("unshare", "--net", "sleep", "3600")
    time.sleep(0.5)
    run = lambda *command: subprocess.run(command, check=True)
    run("ip", "link", "add", "s0", "type", "veth", "peer", "name", "c0", "netns", str(room.pid))
    run("ip", "addr", "add", "10.88.0.1/16", "dev", "s0"), run("ip", "link", "set", "s0", "up")
    inside = ["nsenter", "-t", str(room.pid), "-n"]
    run(*inside, "ip", "addr", "add", "10.88.255.254/16", "dev", "c0"), run(*inside, "ip", "link", "set", "c0", "up")
    ours = service(LPMOS_Boot__Tftp__Enabled="false", LPMOS_Boot__Dhcp__Mode="full", LPMOS_Boot__Dhcp__Interface="s0", LPMOS_Boot__Dhcp__Netmask="255.255.0.0", LPMOS_Boot__Dhcp__Range="10.88.1.0-10.88.60.255")
    for _ in range(rounds):
        answer = subprocess.run([*inside, "python3", "tests/LpmOs.Boot.Tests/Lab/many_machines.py", "500", str(1000 * _)], capture_output=True, text=True, check=True).stdout.split()
        dhcp_rounds.append((int(answer[0]), int(answer[2]), float(answer[3])))
    row("500 machines ask DHCP within a second: have an address of their own", "machines", "asked for", "of what is asked for", [(a, 500) for a, _, _ in dhcp_rounds], at_least=1)
    note(f"DHCP: {spread([b for _, b, _ in dhcp_rounds])['median']:.0f} of 500 without asking again; the last had its address {spread([c for _, _, c in dhcp_rounds])['median']:.1f} s after the first asked (each address is tried by ARP for 0.3 s before it is offered).")
    stop(ours), stop(room)


def dhcp_peers():
    """The same perfdhcp (of Kea) asks each server in turn for leases of new machines: as many as can be had of 2,000 a second."""
    asked_for, seconds = 2000, 3
    room = start("unshare", "--net", "sleep", "3600")
    time.sleep(0.5)
    run = lambda *command: subprocess.run(command, check=True)
    run("ip", "link", "add", "p0", "type", "veth", "peer", "name", "d0", "netns", str(room.pid))
    run("ip", "addr", "add", "10.89.0.1/16", "dev", "p0"), run("ip", "link", "set", "p0", "up")
    inside = ["nsenter", "-t", str(room.pid), "-n"]
    run(*inside, "ip", "addr", "add", "10.89.255.254/16", "dev", "d0"), run(*inside, "ip", "link", "set", "d0", "up")
    first, last, lease = "10.89.1.0", "10.89.250.255", {"KEA_LOCKFILE_DIR": "none", "KEA_PIDFILE_DIR": work, "KEA_LOGGER_DESTINATION": "stdout"}

    def kea(number):
        with open(f"{work}/kea.json", "w") as file:
            json.dump({"Dhcp4": {"interfaces-config": {"interfaces": ["p0"]}, "lease-database": {"type": "memfile", "name": f"{work}/kea-{number}.csv"}, "valid-lifetime": 3600,
                                 "subnet4": [{"subnet": "10.89.0.0/16", "pools": [{"pool": f"{first} - {last}"}]}], "loggers": [{"name": "kea-dhcp4", "severity": "ERROR", "output_options": [{"output": "stdout"}]}]}}, file)
        return start("kea-dhcp4", "-c", f"{work}/kea.json", env=os.environ | lease)

    servers = {
        "ours": lambda number: service(LPMOS_Boot__Tftp__Enabled="false", LPMOS_Boot__Dhcp__Mode="full", LPMOS_Boot__Dhcp__Interface="p0", LPMOS_Boot__Dhcp__Netmask="255.255.0.0",
                                       LPMOS_Boot__Dhcp__Range=f"{first}-{last}", LPMOS_Boot__Dhcp__ConflictProbe="false", LPMOS_Boot__Sentinel__Enabled="false"),
        "dnsmasq": lambda number: start("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=p0", "--bind-interfaces", "--no-ping", "--user=root", "--group=root",
                                        f"--dhcp-range={first},{last},255.255.0.0,1h", "--dhcp-lease-max=100000", f"--dhcp-leasefile={work}/dnsmasq-{number}.leases", f"--pid-file={work}/dnsmasq-dhcp.pid", "--quiet-dhcp"),
        "Kea": kea,
    }

    def ask(rate, count):
        answer = subprocess.run([*inside, "perfdhcp", "-4", "-l", "d0", "-r", str(rate), "-R", "60000", "-n", str(count), "-W", "1000000"], capture_output=True, text=True).stdout
        done = re.search(r"REQUEST-ACK\*\*\*.*?received packets: (\d+)", answer, re.S)
        average = re.search(r"REQUEST-ACK\*\*\*.*?avg delay: ([0-9.]+)", answer, re.S)
        return (int(done[1]) if done else 0, float(average[1]) if average else 0)

    def measure(name, number):
        server = servers[name](number)
        end = time.monotonic() + 60
        while ask(10, 10)[0] == 0:
            if server.poll() is not None or time.monotonic() > end:
                sys.exit(f"bench: the DHCP server {name} gives no lease. The last of what it said:\n{last_words(server)}")
        done, delay = ask(asked_for, asked_for * seconds)
        stop(server)
        return done / seconds, delay

    measured = [{name: measure(name, number) for name in servers} for number in range(rounds)]
    for peer in ("dnsmasq", "Kea"):
        row(f"DHCP leases of new machines, {asked_for} asked for a second", "a second", peer, "times as many", [(m["ours"][0], max(m[peer][0], 0.001)) for m in measured])
    note("DHCP by perfdhcp, mean time from REQUEST to ACK: " + ", ".join(f"{name} {spread([m[name][1] for m in measured])['median']:.1f} ms" for name in servers)
         + ". Ours without the probe for conflicts, as theirs; a lease is told once the store has it.")
    stop(room)


dhcp_rounds = []
loads = lambda: " ".join(open("/proc/loadavg").read().split()[:3])
os.makedirs(f"{work}/files")
with open(f"{work}/files/image", "wb") as image:
    image.write(os.urandom(int(os.environ.get("SIZE") or 32) << 20))
before = loads()
for part in (files, tftp, scripts, dhcp, dhcp_peers):
    if part.__name__.replace("_", "-") in only:
        part()
info = {
    "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "processor": re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())[1], "processors": os.cpu_count(),
    "memory_gb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30, "system": " ".join(os.uname()[i] for i in (0, 2)), "load_before": before, "load_after": loads(),
}
for fault in faults:
    print(f"bench: {fault}", file=sys.stderr)
if set(only) == {"files", "tftp", "scripts", "dhcp", "dhcp-peers"}:
    os.makedirs("docs/bench", exist_ok=True)
    with open("docs/bench/boot.json", "w") as file:
        json.dump({"target": "boot", "title": "The boot service beside what would stand in its place", "machine": info, "rows": rows, "notes": notes, "faults": faults}, file, indent=2, ensure_ascii=False)
        file.write("\n")
    with open("docs/bench/boot.md", "w") as file:
        file.write(f"# The boot service beside what would stand in its place\n\nWritten by `make bench TARGET=boot` on {info['at'][:16].replace('T', ' ')} UTC. {info['processor']}, {info['processors']} processors, {info['memory_gb']} GB, {info['system']}; "
                   f"load {info['load_before']} at the beginning, {info['load_after']} at the end. Each cell: minimum / median / maximum of the rounds; ours and the other in alternation.\n\n"
                   "| what | unit | ours | against | theirs | ratio | asked |\n| --- | --- | --- | --- | --- | --- | --- |\n")
        for one in rows:
            file.write(f"| {one['what']} | {one['unit']} | {text(one['ours'])} | {one['against']} | {text(one['theirs'])} | {text(one['ratio'])} {one['sense']} | {asked(one)} |\n")
        file.write("\n" + "".join(f"- {words}\n" for words in notes + [f"**Failed:** {fault}" for fault in faults]))
sys.exit(1 if faults else 0)
