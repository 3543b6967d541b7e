//! What a file has beside its bytes and keeps when they are replaced: owner, mode, extended attributes.

use std::{
    fs::{File, Metadata},
    os::unix::fs::MetadataExt,
};

use rustix::{
    fs::{Gid, Mode, Uid, XattrFlags},
    io::Errno,
};

/// Largest list of names and largest value, the kernel's own limits (`XATTR_LIST_MAX`, `XATTR_SIZE_MAX`).
const LARGEST: usize = 64 << 10;

/// Gives `new` what `old` has. `false`: something would be lost, so the file must be changed in place.
pub(super) fn copy(old: &File, meta: &Metadata, new: &File) -> bool {
    let Ok(fresh) = new.metadata() else { return false };
    if (meta.uid(), meta.gid()) != (fresh.uid(), fresh.gid()) {
        let (uid, gid) = (Uid::from_raw(meta.uid()), Gid::from_raw(meta.gid()));
        if rustix::fs::fchown(new, Some(uid), Some(gid)).is_err() {
            return false;
        }
    }
    // Access lists are attributes and touch the mode, so the mode comes last.
    copy_attributes(old, new) && rustix::fs::fchmod(new, Mode::from_raw_mode(meta.mode() as _)).is_ok()
}

fn copy_attributes(old: &File, new: &File) -> bool {
    let mut names = vec![0_u8; LARGEST];
    let n = match rustix::fs::flistxattr(old, &mut names[..]) {
        Ok(n) => n,
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => return true,
        Err(_) => return false,
    };
    let mut value = vec![0_u8; if n == 0 { 0 } else { LARGEST }];
    names[..n].split(|byte| *byte == 0).filter(|name| !name.is_empty()).all(|name| {
        let Ok(len) = rustix::fs::fgetxattr(old, name, &mut value[..]) else { return system_given(name) };
        rustix::fs::fsetxattr(new, name, &value[..len], XattrFlags::empty()).is_ok() || system_given(name)
    })
}

/// The system gives a new file its own label; an old one that cannot be copied is no loss of the person's.
fn system_given(name: &[u8]) -> bool {
    name.starts_with(b"security.") || name.starts_with(b"trusted.")
}
