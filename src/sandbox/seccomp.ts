/**
 * Deny-list seccomp filter as raw `struct sock_filter[]`, built without native code. It is installed once per judge
 * worker and inherited by every guest. Mounting and new namespaces are not listed: the zygote needs them, and a guest
 * cannot use them because it has no capabilities, no way to gain any, and no right to a user namespace.
 *
 * Locks on files of the system are seen by every process of the machine, so one candidate could tell another something
 * by them. Where they are inert they succeed and do nothing; programs that test locks themselves need them real.
 */
export function buildSeccompFilter(arch: string, locks: "real" | "inert"): Buffer | null {
	const table = TABLES[arch];
	return table ? assemble(table, locks) : null;
}

interface SyscallTable {
	audit: number;
	/** x86-64 also answers 32-bit style numbers from this bit on. */
	x32Bit: number | null;
	denied: readonly number[];
	clone3: number;
	memfdCreate: number;
	socket: number;
	ioctl: number;
	flock: number;
	fcntl: number;
}

/** Commands of fcntl that take or give back a lock or a lease: of the process, of the open file, and both waiting. */
const LOCK_COMMANDS = [6, 7, 37, 38, 1024];

const EPERM = 1;
const EACCES = 13;
const ENOSYS = 38;
const AF_UNIX = 1;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

// ptrace, syslog, personality, vhangup, pivot_root, adjtimex, chroot, acct, settimeofday, swapon, swapoff, reboot,
// sethostname, setdomainname, init_module, delete_module, quotactl, nfsservctl, lookup_dcookie, clock_settime,
// kexec_load, add_key, request_key, keyctl, unshare, perf_event_open, name_to_handle_at, open_by_handle_at,
// clock_adjtime, setns, process_vm_readv, process_vm_writev, kcmp, finit_module, seccomp, kexec_file_load, bpf,
// userfaultfd, then System V and POSIX message queues, semaphores and shared memory, which outlive a process.
const TABLES: Record<string, SyscallTable> = {
	x64: {
		audit: 0xc000003e,
		x32Bit: 0x40000000,
		denied: [
			101, 103, 135, 153, 155, 159, 161, 163, 164, 167, 168, 169, 170, 171, 172, 173, 175, 176, 179, 180, 212, 227, 246,
			248, 249, 250, 272, 298, 303, 304, 305, 308, 310, 311, 312, 313, 317, 320, 321, 323, 425, 426, 427, 428, 429, 430,
			431, 432, 433, 438, 442, 447, 29, 30, 31, 64, 65, 66, 67, 68, 69, 70, 71, 220, 240, 241,
		],
		clone3: 435,
		memfdCreate: 319,
		socket: 41,
		ioctl: 16,
		flock: 73,
		fcntl: 72,
	},
	arm64: {
		audit: 0xc00000b7,
		x32Bit: null,
		denied: [
			117, 116, 92, 58, 41, 171, 51, 89, 170, 224, 225, 142, 161, 162, 105, 106, 60, 42, 18, 112, 104, 217, 218, 219,
			97, 241, 264, 265, 266, 268, 270, 271, 272, 273, 277, 294, 280, 282, 425, 426, 427, 428, 429, 430, 431, 432, 433,
			438, 442, 447, 180, 181, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196, 197,
		],
		clone3: 435,
		memfdCreate: 279,
		socket: 198,
		ioctl: 29,
		flock: 32,
		fcntl: 25,
	},
};

const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_GREATER_EQUAL = 0x35;
const RETURN = 0x06;
const OFFSET_NUMBER = 0;
const OFFSET_ARCH = 4;
const OFFSET_ARG0 = 16;
const OFFSET_ARG1 = 24;
const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const failWith = (errno: number): number => (0x00050000 | errno) >>> 0;

/** Instructions name their targets; a second pass turns names into relative jumps. */
function assemble(table: SyscallTable, locks: "real" | "inert"): Buffer {
	const code: { op: number; k: number; yes: string | null; no: string | null }[] = [];
	const labels = new Map<string, number>();
	const emit = (op: number, k: number, yes: string | null = null, no: string | null = null): void => {
		code.push({ op, k, yes, no });
	};
	const label = (name: string): void => {
		labels.set(name, code.length);
	};
	emit(LOAD, OFFSET_ARCH);
	emit(JUMP_EQUAL, table.audit, null, "kill");
	emit(LOAD, OFFSET_NUMBER);
	if (table.x32Bit !== null) emit(JUMP_GREATER_EQUAL, table.x32Bit, "kill", null);
	for (const number of [...table.denied].sort((a, b) => a - b)) emit(JUMP_EQUAL, number, "eperm");
	// glibc falls back to clone, whose flags the kernel checks against the guest's missing capabilities.
	emit(JUMP_EQUAL, table.clone3, "enosys");
	// Memory behind a memfd is in no other limit.
	emit(JUMP_EQUAL, table.memfdCreate, "enosys");
	emit(JUMP_EQUAL, table.socket, "socket");
	if (locks === "inert") {
		emit(JUMP_EQUAL, table.flock, "success");
		emit(JUMP_EQUAL, table.fcntl, "fcntl");
	}
	emit(JUMP_EQUAL, table.ioctl, "ioctl", "allow");
	label("socket");
	emit(LOAD, OFFSET_ARG0);
	emit(JUMP_EQUAL, AF_UNIX, "allow", "eacces");
	label("ioctl");
	emit(LOAD, OFFSET_ARG1);
	emit(JUMP_EQUAL, TIOCSTI, "eperm");
	emit(JUMP_EQUAL, TIOCLINUX, "eperm", "allow");
	label("fcntl");
	emit(LOAD, OFFSET_ARG1);
	for (const command of LOCK_COMMANDS) emit(JUMP_EQUAL, command, "success");
	label("allow");
	emit(RETURN, ALLOW);
	label("success");
	emit(RETURN, failWith(0));
	label("eperm");
	emit(RETURN, failWith(EPERM));
	label("eacces");
	emit(RETURN, failWith(EACCES));
	label("enosys");
	emit(RETURN, failWith(ENOSYS));
	label("kill");
	emit(RETURN, KILL_PROCESS);
	const bytes = Buffer.alloc(code.length * 8);
	code.forEach(({ op, k, yes, no }, index) => {
		const distance = (name: string | null): number => (name === null ? 0 : (labels.get(name) ?? 0) - index - 1);
		bytes.writeUInt16LE(op, index * 8);
		bytes.writeUInt8(distance(yes), index * 8 + 2);
		bytes.writeUInt8(distance(no), index * 8 + 3);
		bytes.writeUInt32LE(k, index * 8 + 4);
	});
	return bytes;
}
