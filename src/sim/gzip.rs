//! gzip with stored (uncompressed) blocks: enough to show whether a client decodes, and each event
//! still leaves at once. RFC 1951 §3.2.4, RFC 1952 §2.3.

/// Wraps a stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Gzip {
    begun: bool,
    crc: u32,
    len: u32,
}

impl Gzip {
    /// The bytes for the next piece.
    pub(super) fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut out = self.head();
        self.crc = crc32(self.crc, piece);
        // Modulo 2^32 by the format.
        self.len = self.len.wrapping_add(piece.len() as u32);
        for block in piece.chunks(usize::from(u16::MAX)) {
            let len = block.len() as u16;
            out.push(0);
            out.extend_from_slice(&len.to_le_bytes());
            out.extend_from_slice(&(!len).to_le_bytes());
            out.extend_from_slice(block);
        }
        out
    }

    /// The bytes that end the stream.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        let mut out = self.head();
        out.extend_from_slice(&[1, 0, 0, 0xff, 0xff]);
        out.extend_from_slice(&self.crc.to_le_bytes());
        out.extend_from_slice(&self.len.to_le_bytes());
        out
    }

    fn head(&mut self) -> Vec<u8> {
        if std::mem::replace(&mut self.begun, true) {
            return Vec::new();
        }
        vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
    }
}

/// The checksum of RFC 1952 §8, carried on from `crc`.
fn crc32(crc: u32, bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!crc, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_standard_one() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(crc32(0, b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(crc32(0, b"12345"), b"6789"), 0xcbf4_3926);
    }

    #[test]
    fn the_frame_is_whole() {
        let mut gzip = Gzip::default();
        let mut out = gzip.push(b"ab");
        out.extend(gzip.finish());
        assert_eq!(out.get(..10).unwrap(), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
        assert_eq!(out.get(10..17).unwrap(), [0, 2, 0, 0xfd, 0xff, b'a', b'b']);
        assert_eq!(out.get(17..22).unwrap(), [1, 0, 0, 0xff, 0xff]);
        assert_eq!(out.get(26..).unwrap(), [2, 0, 0, 0]);
    }
}
