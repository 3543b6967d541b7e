//! The system call filter: what a caged program may not ask the kernel for. Sees numbers, never paths.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, sock_filter,
};

/// Which sockets a caged program may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sockets {
    /// None but pairs: the network is off and only the filter keeps it off.
    Pairs,
    /// Internet ones, and reading the list of addresses. No UNIX ones: no other filter keeps those in.
    Internet,
    /// Internet and UNIX ones: a namespace or a person's yes decides where they lead.
    Ordinary,
}

/// `TIOCSTI` types into a terminal, `TIOCLINUX` pastes into a console.
const TERMINAL_TRICKS: [u64; 2] = [0x5412, 0x541C];

/// `CLONE_NEW*` of `linux/sched.h`: time, mount, cgroup, uts, ipc, user, pid, net.
const NEW_NAMESPACES: [u64; 8] =
    [0x80, 0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000];

/// Refused with "not permitted", whatever the arguments: other processes' memory, keys of the kernel,
/// large doors into the kernel, namespaces, mounts, the machine itself.
const REFUSED: &[i64] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kcmp,
    libc::SYS_pidfd_getfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_bpf,
    libc::SYS_userfaultfd,
    libc::SYS_perf_event_open,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    libc::SYS_fanotify_init,
    libc::SYS_quotactl,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_reboot,
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_vhangup,
];

/// The programs to install, in order.
pub(super) fn programs(sockets: Sockets) -> Result<Vec<BpfProgram>, String> {
    build(sockets).map_err(|error| format!("the system call filter cannot be built: {error}"))
}

/// Installs the filter in this process and in all that it starts.
pub(super) fn install(sockets: Sockets) -> Result<(), String> {
    for program in programs(sockets)? {
        seccompiler::apply_filter(&program).map_err(|error| format!("no system call filter: {error}"))?;
    }
    Ok(())
}

fn build(sockets: Sockets) -> Result<Vec<BpfProgram>, seccompiler::BackendError> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = REFUSED.iter().map(|&call| (call, Vec::new())).collect();
    rules.insert(libc::SYS_socket, socket_rules(sockets)?);
    rules.insert(libc::SYS_socketpair, vec![rule(&[arg(0, SeccompCmpOp::Ne, libc::AF_UNIX)?])?]);
    let tricks: Result<_, _> = TERMINAL_TRICKS.iter().map(|&t| rule(&[word(1, SeccompCmpOp::Eq, t)?])).collect();
    rules.insert(libc::SYS_ioctl, tricks?);
    let clones: Result<_, _> =
        NEW_NAMESPACES.iter().map(|&bit| rule(&[long(0, SeccompCmpOp::MaskedEq(bit), bit)?])).collect();
    rules.insert(libc::SYS_clone, clones?);
    // clone3 keeps its flags in memory, where no filter sees them; told that it does not exist, libraries use clone.
    let hidden = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    let mut main = filter(rules, libc::EPERM, arch)?;
    if arch == TargetArch::x86_64 {
        main = [other_numbering().to_vec(), main].concat();
    }
    Ok(vec![main, filter(hidden, libc::ENOSYS, arch)?])
}

fn filter(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    errno: i32,
    arch: TargetArch,
) -> Result<BpfProgram, seccompiler::BackendError> {
    SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(errno.cast_unsigned()), arch)?.try_into()
}

/// An empty list of rules means "always": that is what no socket at all needs.
fn socket_rules(sockets: Sockets) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let internet = [libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];
    let mut allowed = match sockets {
        Sockets::Pairs => return Ok(Vec::new()),
        Sockets::Internet | Sockets::Ordinary => internet.to_vec(),
    };
    if sockets == Sockets::Ordinary {
        allowed.push(libc::AF_UNIX);
    }
    let others: Result<Vec<_>, _> = allowed.iter().map(|&family| arg(0, SeccompCmpOp::Ne, family)).collect();
    // Of netlink only the list of routes and addresses (protocol 0), which resolvers read.
    let netlink = [arg(0, SeccompCmpOp::Eq, libc::AF_NETLINK)?, arg(2, SeccompCmpOp::Ne, 0)?];
    // Raw sockets see and forge other programs' packets.
    let kind = SeccompCmpOp::MaskedEq(0xF);
    let raw = [arg(0, SeccompCmpOp::Ne, libc::AF_NETLINK)?, arg(1, kind, libc::SOCK_RAW)?];
    Ok(vec![rule(&others?)?, rule(&netlink)?, rule(&raw)?])
}

/// The second numbering of x86-64 (x32) reaches the same calls past the list: told that it does not exist.
fn other_numbering() -> [sock_filter; 3] {
    /// Of `linux/bpf_common.h`: load a word of `seccomp_data`.
    const LOAD: u16 = 0x20;
    /// Jump if greater or equal.
    const JUMP_GE: u16 = 0x35;
    /// Return.
    const RETURN: u16 = 0x06;
    /// `__X32_SYSCALL_BIT`.
    const SECOND: u32 = 0x4000_0000;
    /// `SECCOMP_RET_ERRNO`.
    const ERRNO: u32 = 0x0005_0000;
    let step = |code, jf, k| sock_filter { code, jt: 0, jf, k };
    [step(LOAD, 0, 0), step(JUMP_GE, 1, SECOND), step(RETURN, 0, ERRNO | libc::ENOSYS.cast_unsigned())]
}

fn rule(conditions: &[SeccompCondition]) -> Result<SeccompRule, seccompiler::BackendError> {
    SeccompRule::new(conditions.to_vec())
}

fn arg(index: u8, op: SeccompCmpOp, value: i32) -> Result<SeccompCondition, seccompiler::BackendError> {
    word(index, op, u64::from(value.cast_unsigned()))
}

fn word(index: u8, op: SeccompCmpOp, value: u64) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, op, value)
}

fn long(index: u8, op: SeccompCmpOp, value: u64) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Qword, op, value)
}
