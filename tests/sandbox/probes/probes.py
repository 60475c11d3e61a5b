"""A hand-in that attacks. Each probe tries a thing that no homework needs, and says whether it came through.

`attempt` answers "open", or the name of what stopped the probe. A probe is true to life: with no layer on and
as root it is open (the test holds it to that), so its being closed is the wall's doing and not a wrong
argument's. None harms where it comes through: it signals with 0, sets what is set already, and touches only
what `lures.py` made for it. Everything is imported at once: what comes late may not be there.
"""

import ctypes
import errno
import mmap
import os
import resource
import signal
import socket
import struct
import threading
from collections import namedtuple
from time import time

Target = namedtuple(
    "Target", "grader address descriptor folder unread tcp udp abstract memory packages budget"
)

MARK = b"only the grader's memory holds this text"
MACHINE = os.uname().machine
NUMBERS = {  # what the C library has no function for: x86_64, aarch64
    "perf_event_open": (298, 241),
    "kcmp": (312, 272),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "ioprio_get": (252, 31),
    "ioprio_set": (251, 30),
    "modify_ldt": (154, None),
    "io_uring_setup": (425, 425),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "clone3": (435, 435),
    "pidfd_getfd": (438, 438),
}
ANYWHERE = -100  # AT_FDCWD
LINE = 3  # the descriptor of the line to the grader
PAGE = 4096
STACKS = []

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = libc.shmat.restype = ctypes.c_void_p
pointer = ctypes.c_void_p


def checked(result):
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def call(function, *arguments):
    """A function of the C library's; every int is a long."""
    words = [ctypes.c_long(x) if isinstance(x, int) else x for x in arguments]
    return checked(getattr(libc, function)(*words))


def syscall(name, *arguments):
    number = NUMBERS[name][MACHINE == "aarch64"]
    if number is None:
        raise OSError(errno.ENOSYS, "this machine has no such call")
    return call("syscall", number, *arguments)


def attempt(name, *target):
    """What became of one probe: "open", "failed", or the name of an error number or an exception."""
    try:
        return "open" if PROBES[name](Target(*target)) else "failed"
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error.errno))
    except Exception as error:
        return type(error).__name__


def ended_well(pid):
    return os.waitpid(pid, 0)[1] == 0


def refusal_but(expected, function, *arguments):
    """Whether the kernel looked at the arguments, which are wrong on purpose, and so would have done it."""
    try:
        call(function, *arguments)
    except OSError as error:
        if error.errno == expected:
            return True
        raise
    return False


# --- files that are there


def reads_an_open_file(on):
    with open(f"{on.folder}/open") as file:
        return bool(file.read())


def reads_a_private_file(on):
    with open(f"{on.folder}/private") as file:
        return bool(file.read())


def lists_a_folder(on):
    return "open" in os.listdir(on.folder)


def looks_at_a_file(on):
    return os.stat(f"{on.folder}/open").st_size > 0


def leaves_a_mark(on):
    """Reads a library's file, and its time of reading says so to the next hand-in: a bit for every file."""
    before = os.stat(on.unread or "/")
    if not on.unread or not is_stale(before):
        raise OSError(errno.ENOSYS, "here is no file that would keep it")
    with open(on.unread, "rb") as file:
        file.read()
    return os.stat(on.unread).st_atime_ns > before.st_atime_ns


def is_stale(state):
    """Most kernels set the time of reading where it is older than the last change, or than a day."""
    return state.st_atime <= state.st_mtime or state.st_atime < time() - 86_400


def reads_a_command_line(on):
    with open(f"/proc/{on.grader}/cmdline", "rb") as file:
        return bool(file.read())


def reads_an_environment(on):
    with open(f"/proc/{on.grader}/environ", "rb") as file:
        return b"GRADER_SECRET" in file.read()


def reads_the_maps(on):
    with open(f"/proc/{on.grader}/maps", "rb") as file:
        return b"python" in file.read()


def reads_the_memory(on):
    with open(f"/proc/{on.grader}/mem", "rb", buffering=0) as file:
        file.seek(on.address)
        return file.read(len(MARK)) == MARK


def reads_its_own_environment(on):
    with open("/proc/self/environ", "rb") as file:
        return bool(file.read())


def writes_its_own_memory(on):
    """Through the kernel, which does not mind that a page is read-only."""
    text = ctypes.create_string_buffer(b"before")
    with open("/proc/self/mem", "r+b", buffering=0) as file:
        file.seek(ctypes.addressof(text))
        file.write(b"after!")
    return text.value == b"after!"


def makes_a_handle(on):
    return bool(handle_of(f"{on.folder}/open"))


def handle_of(path):
    handle = ctypes.create_string_buffer(struct.pack("=Ii", 128, 0), 136)
    call("name_to_handle_at", ANYWHERE, path.encode(), handle, ctypes.byref(ctypes.c_int()), 0)
    return handle


def opens_by_a_handle(on):
    """A file by its number, past every folder on its way."""
    place = os.open(on.folder, os.O_RDONLY)
    os.close(call("open_by_handle_at", place, handle_of(f"{on.folder}/private"), os.O_RDONLY))
    return True


def watches_a_folder(on):
    """Sees that a file in it is opened."""
    watch = call("inotify_init1", os.O_NONBLOCK)
    call("inotify_add_watch", watch, on.folder.encode(), 0x20)  # IN_OPEN
    os.close(os.open(f"{on.folder}/open", os.O_RDONLY))
    return b"open" in os.read(watch, PAGE)


def watches_the_machine(on):
    os.close(call("fanotify_init", 0, os.O_RDONLY))
    return True


# --- files that are made or changed


def makes_a_file(folder):
    path = f"{folder}/grader-probe-{os.getpid()}"
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    os.unlink(path)
    return True


def writes_to_tmp(on):
    return makes_a_file("/tmp")


def writes_to_shared_memory_files(on):
    return makes_a_file("/dev/shm")


def writes_to_a_home(on):
    return makes_a_file(f"{on.folder}/home")


def writes_where_it_stands(on):
    return makes_a_file(".")


def writes_among_the_packages(on):
    return makes_a_file(on.packages)


def writes_over_a_file(on):
    with open(f"{on.folder}/victim", "r+") as file:
        return file.write("x") == 1


def truncates_a_file(on):
    os.truncate(f"{on.folder}/victim", 3)
    return True


def changes_a_mode(on):
    os.chmod(f"{on.folder}/victim", 0o644)
    return os.stat(f"{on.folder}/victim").st_mode & 0o777 == 0o644


def changes_an_owner(on):
    os.chown(f"{on.folder}/victim", os.getuid(), os.getgid())
    return True


def changes_a_time(on):
    """A place to keep a number for the next hand-in."""
    os.utime(f"{on.folder}/victim", (1, 1))
    return os.stat(f"{on.folder}/victim").st_mtime == 1


def renames_a_file(on):
    os.rename(f"{on.folder}/moved", f"{on.folder}/elsewhere")
    return True


def deletes_a_file(on):
    os.unlink(f"{on.folder}/deleted")
    return True


def links_a_file(on):
    os.link(f"{on.folder}/victim", f"{on.folder}/link")
    return True


def plants_a_symbolic_link(on):
    os.symlink("private", f"{on.folder}/symlink")
    return True


def makes_a_folder(on):
    os.mkdir(f"{on.folder}/made")
    return True


def makes_a_fifo(on):
    os.mkfifo(f"{on.folder}/fifo")
    return True


# --- processes


def forks(on):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return ended_well(pid)


def leaves_a_daemon(on):
    pid = os.fork()
    if pid == 0:
        os.setsid()
        if os.fork() == 0:
            os._exit(0)
        os._exit(0)
    return ended_well(pid)


def spawns_a_program(on):
    """By vfork, which the C library makes of clone."""
    return ended_well(os.posix_spawn("/bin/true", ["true"], {}))


def runs_a_program(on):
    """The file is none that the kernel can run: it says so once it may look at it."""
    return refusal_but(errno.ENOEXEC, "execv", f"{on.folder}/program".encode(), (pointer * 2)())


def clones_by_the_new_call(on):
    arguments = struct.pack("=11Q", 0, 0, 0, 0, signal.SIGCHLD, *[0] * 6)
    pid = syscall("clone3", arguments, len(arguments))
    if pid == 0:
        os._exit(0)
    return ended_well(pid)


def makes_a_thread_elsewhere(on):
    """A thread, as the filter allows, but in a namespace of its own; all that it does is to end."""
    STACKS.append(stack := mmap.mmap(-1, 16 * PAGE))  # it must not go before the thread does
    top = ctypes.addressof(ctypes.c_char.from_buffer(stack)) + 15 * PAGE
    exit_thread = 93 if MACHINE == "aarch64" else 60
    shared = 0x100 | 0x800 | 0x10000  # CLONE_VM, CLONE_SIGHAND, CLONE_THREAD
    call("clone", ctypes.cast(libc.syscall, pointer), pointer(top), shared | 0x04000000, exit_thread)
    return True


def starts_many_threads(on):
    threading.stack_size(1 << 15)
    end, started = threading.Event(), []
    try:
        for _ in range(80):
            thread = threading.Thread(target=end.wait)
            thread.start()
            started.append(thread)
    finally:
        end.set()
        for thread in started:
            thread.join()
    return True


# --- other processes


def signals_the_grader(on):
    os.kill(on.grader, 0)
    return True


def signals_its_parent(on):
    os.kill(os.getppid(), 0)
    return True


def signals_everyone(on):
    os.kill(-1, 0)
    return True


def signals_a_thread(on):
    call("tgkill", on.grader, on.grader, 0)
    return True


def signals_through_a_descriptor(on):
    """Whatever moves on the line now sends the grader a signal; one that is ignored."""
    call("fcntl", LINE, 8, on.grader)  # F_SETOWN
    call("fcntl", LINE, 10, int(signal.SIGURG))  # F_SETSIG
    return True


def signals_through_a_process_descriptor(on):
    grader = syscall("pidfd_open", on.grader, 0)
    syscall("pidfd_send_signal", grader, 0, None, 0)
    return True


def opens_a_process(on):
    os.close(syscall("pidfd_open", on.grader, 0))
    return True


def opens_the_process_on_the_line(on):
    with socket.socket(fileno=os.dup(LINE)) as line:
        os.close(line.getsockopt(socket.SOL_SOCKET, 77))  # SO_PEERPIDFD
    return True


def asks_who_is_on_the_line(on):
    """The process number of whoever made the line; 0 where that is in another namespace."""
    with socket.socket(fileno=os.dup(LINE)) as line:
        return struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0] > 0


def steals_a_descriptor(on):
    grader = syscall("pidfd_open", on.grader, 0)
    os.close(syscall("pidfd_getfd", grader, on.descriptor, 0))
    return True


def passes_a_descriptor(on):
    """With no byte of data, so that the line stays in step."""
    with socket.socket(fileno=os.dup(LINE)) as line:
        line.sendmsg([], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", 0))])
    return True


def compares_processes(on):
    return syscall("kcmp", os.getpid(), on.grader, 0, 0, 0) >= 0


def traces_the_grader(on):
    """Attaches without stopping it; the end of this process lets go."""
    call("ptrace", 0x4206, on.grader, None, None)  # PTRACE_SEIZE
    return True


def vectors(text, address):
    ours = (ctypes.c_size_t * 2)(ctypes.addressof(text), len(MARK))
    return ours, (ctypes.c_size_t * 2)(address, len(MARK))


def reads_memory_across(on):
    text = ctypes.create_string_buffer(len(MARK))
    ours, theirs = vectors(text, on.address)
    call("process_vm_readv", on.grader, ours, 1, theirs, 1, 0)
    return text.raw == MARK


def writes_memory_across(on):
    text = ctypes.create_string_buffer(MARK)
    ours, theirs = vectors(text, on.address)
    return call("process_vm_writev", on.grader, ours, 1, theirs, 1, 0) == len(MARK)


def reads_the_graders_limits(on):
    return bool(resource.prlimit(on.grader, resource.RLIMIT_NOFILE))


def asks_for_a_group(on):
    return os.getpgid(on.grader) >= 0  # 0: one that was made outside this pid namespace


def asks_for_a_session(on):
    return os.getsid(on.grader) >= 0


def changes_the_graders_priority(on):
    os.setpriority(os.PRIO_PROCESS, on.grader, os.getpriority(os.PRIO_PROCESS, on.grader))
    return True


def moves_the_grader(on):
    os.sched_setaffinity(on.grader, os.sched_getaffinity(on.grader))
    return True


def changes_the_graders_schedule(on):
    os.sched_setscheduler(on.grader, os.sched_getscheduler(on.grader), os.sched_getparam(on.grader))
    return True


def changes_the_graders_disk_priority(on):
    syscall("ioprio_set", 1, on.grader, syscall("ioprio_get", 1, on.grader))
    return True


# --- sockets and other ways to speak


def connects(on):
    with socket.create_connection(("127.0.0.1", on.tcp), 5):
        return True


def sends_a_datagram(on):
    """Connected, so that a port at which nobody listens is an error at the second one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.connect(("127.0.0.1", on.udp))
        end.send(b"")
        return end.send(b"") == 0


def connects_to_a_file(on):
    with socket.socket(socket.AF_UNIX) as end:
        end.connect(f"{on.folder}/socket")
        return True


def connects_to_a_name(on):
    with socket.socket(socket.AF_UNIX) as end:
        end.connect(f"\0{on.abstract}")
        return True


def asks_the_kernel_by_netlink(on):
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW) as end:
        end.bind((0, 0))
        return True


def opens_a_socket_to_the_host(on):
    socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close()
    return True


def opens_a_raw_socket(on):
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    return True


def opens_a_packet_socket(on):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    return True


def makes_a_pair_of_sockets(on):
    for end in socket.socketpair():
        end.close()
    return True


def attaches_shared_memory(on):
    """System V's: the segment is the grader's."""
    found = call("shmget", on.memory, 0, 0)
    return ctypes.string_at(checked(libc.shmat(found, None, 0o10000)), len(MARK)) == MARK


def makes_shared_memory(on):
    made = call("shmget", 0, PAGE, 0o600)
    call("shmctl", made, 0, None)  # IPC_RMID
    return True


def asks_for_a_message_queue(on):
    """POSIX's; one that there is none of."""
    return refusal_but(errno.ENOENT, "mq_open", b"/grader-probe", os.O_RDWR)


def makes_a_file_in_memory(on):
    os.close(os.memfd_create("probe"))
    return True


# --- the kernel


def uses_an_io_ring(on):
    os.close(syscall("io_uring_setup", 1, bytes(120)))
    return True


def makes_a_bpf_map(on):
    """An array of one entry: type 2, four bytes of key, four of value."""
    attributes = struct.pack("=4I", 2, 4, 4, 1) + bytes(104)
    os.close(syscall("bpf", 0, attributes, len(attributes)))
    return True


def counts_events(on):
    """The processor's clock as software counts it: type 1, the size of the first version, event 0."""
    attributes = struct.pack("=IIQ", 1, 64, 0) + bytes(104)
    os.close(syscall("perf_event_open", attributes, 0, -1, -1, 0))
    return True


def handles_page_faults(on):
    os.close(syscall("userfaultfd", 1))  # UFFD_USER_MODE_ONLY
    return True


def keeps_a_key(on):
    return syscall("add_key", b"user", b"grader-probe", b"x", 1, -1) > 0  # the thread's own keyring


def leaves_its_namespaces(on):
    call("unshare", 0x00020000)  # CLONE_NEWNS
    return True


def enters_a_namespace(on):
    place = os.open("/proc/self/ns/net", os.O_RDONLY)
    call("setns", place, 0)
    return True


def mounts(on):
    call("mount", b"none", f"{on.folder}/home".encode(), b"tmpfs", 0, None)
    call("umount2", f"{on.folder}/home".encode(), 2)
    return True


def leaves_the_root_folder(on):
    """The old trick: change the root to a folder below while standing above."""
    above = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    os.chroot(f"{on.folder}/home")
    os.fchdir(above)
    os.chroot("../../../..")
    return "proc" in os.listdir("/")


def becomes_root(on):
    os.setresuid(0, 0, 0)
    return True


def keeps_a_group(on):
    return bool(os.getgroups())


def joins_a_group(on):
    os.setgroups([0])
    return True


def names_the_machine(on):
    socket.sethostname(socket.gethostname())
    return True


def changes_a_setting_of_the_kernel(on):
    os.close(os.open("/proc/sys/kernel/hostname", os.O_WRONLY))
    return True


def sets_its_personality(on):
    now = call("personality", 0xFFFFFFFF)
    return call("personality", now) == now


def reads_the_segment_table(on):
    return syscall("modify_ldt", 0, ctypes.create_string_buffer(16), 16) >= 0


def calls_as_32_bit(on):
    """getpid by the interrupt of old: mov eax, 20; int 0x80; ret."""
    if MACHINE != "x86_64":
        raise OSError(errno.ENOSYS, "this machine has no such call")
    code = mmap.mmap(-1, PAGE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    return ctypes.CFUNCTYPE(ctypes.c_int)(address)() == os.getpid()


def reads_the_kernels_log(on):
    return call("klogctl", 10, None, 0) > 0  # SYSLOG_ACTION_SIZE_BUFFER


def sets_the_clock(on):
    """To the pace that it has."""
    pace = ctypes.create_string_buffer(256)
    call("adjtimex", pace)
    struct.pack_into("I", pace, 0, 0x4000)  # ADJ_TICK
    return call("adjtimex", pace) >= 0


def swaps(on):
    return refusal_but(errno.ENOENT, "swapon", b"/nowhere/at/all", 0)


def asks_for_quotas(on):
    """Of a device that there is none."""
    return refusal_but(errno.ENOENT, "quotactl", 0x80000700 - (1 << 32), b"/nowhere/at/all", 0, None)


def types_into_a_terminal(on):
    """Its own; where it can have none, whatever stands in place of standard input."""
    terminal = 0
    try:
        master = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
        call("unlockpt", master)
        terminal = call("ioctl", master, 0x5441, os.O_RDWR | os.O_NOCTTY)  # TIOCGPTPEER
        call("ioctl", terminal, 0x540E, 0)  # TIOCSCTTY
    except OSError:
        pass
    call("ioctl", terminal, 0x5412, b"x")  # TIOCSTI
    return True


def outlives_the_server(on):
    call("prctl", 1, 0, 0, 0, 0)  # PR_SET_PDEATHSIG
    return True


def shows_its_memory(on):
    call("prctl", 4, 1, 0, 0, 0)  # PR_SET_DUMPABLE
    return True


# --- resources


def raises_a_limit(on):
    resource.setrlimit(resource.RLIMIT_NOFILE, (65, 65))
    return True


def takes_private_memory(on):
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    mmap.mmap(-1, on.budget + (1 << 26), flags=flags).close()
    return True


def takes_shared_memory(on):
    mmap.mmap(-1, on.budget + (1 << 26)).close()
    return True


def opens_many(on):
    opened = []
    try:
        while len(opened) < 64:
            opened += [os.dup(0)]
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return True


# --- what no layer is needed against


def finds_a_descriptor(on):
    """A fifth one, which the grader or the server has forgotten to close."""
    for number in range(4, 256):
        try:
            os.fstat(number)
        except OSError:
            continue
        return True
    return False


def finds_the_graders_environment(on):
    return "GRADER_SECRET" in os.environ


PROBES = {
    name: function
    for name, function in list(globals().items())
    if getattr(function, "__code__", None) and function.__code__.co_varnames[:1] == ("on",)
}
FIRST = (
    "finds_a_descriptor",  # before another probe forgets one
    "calls_as_32_bit",  # the filter ends the thread, which is the process as long as there is no other
)
