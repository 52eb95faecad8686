//! The file format: `length (u32 LE) | CRC-32 of the payload (u32 LE) | payload`. Pure.
//!
//! A crash leaves a torn tail. It was never acknowledged, so it is cut off. A broken record with a good one behind it is damage to
//! acknowledged records, and must not be taken for a torn tail.

/// Longest payload: a print job of 128 KB and what surrounds it, with room.
pub(super) const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;
const HEAD_BYTES: usize = 8;

/// A readable prefix and where it ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scan<'a> {
    /// The payloads in order.
    pub(super) payloads: Vec<&'a [u8]>,
    /// Bytes of whole records; what follows is a torn tail.
    pub(super) good_bytes: usize,
}

/// A broken record with good ones behind it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Damaged {
    /// Where the broken record starts.
    pub(super) at: usize,
}

/// Adds one record to `out`. A payload above [`PAYLOAD_BYTES_MAX`] is the caller's mistake and is refused.
pub(super) fn put(payload: &[u8], out: &mut Vec<u8>) -> bool {
    let Some(length) = u32::try_from(payload.len())
        .ok()
        .filter(|_| fits(payload.len()))
    else {
        return false;
    };
    out.extend(length.to_le_bytes());
    out.extend(crc32fast::hash(payload).to_le_bytes());
    out.extend(payload);
    true
}

/// Reads records from the start of `bytes`.
pub(super) fn scan(bytes: &[u8]) -> Result<Scan<'_>, Damaged> {
    let mut payloads = Vec::new();
    let mut at = 0;
    while let Some(payload) = record_at(bytes, at) {
        at += HEAD_BYTES + payload.len();
        payloads.push(payload);
    }
    let behind = (at + 1)..bytes.len();
    match behind
        .into_iter()
        .any(|offset| record_at(bytes, offset).is_some())
    {
        true => Err(Damaged { at }),
        false => Ok(Scan {
            payloads,
            good_bytes: at,
        }),
    }
}

/// No record is empty: zeros that a power loss leaves behind would be one.
fn fits(length: usize) -> bool {
    (1..=PAYLOAD_BYTES_MAX).contains(&length)
}

fn record_at(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = bytes.get(at..)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (crc, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length))
        .ok()
        .filter(|length| fits(*length))?;
    let payload = rest.get(..length)?;
    (crc32fast::hash(payload) == u32::from_le_bytes(*crc)).then_some(payload)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    fn file_of(payloads: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
        let (mut file, mut ends) = (Vec::new(), vec![0]);
        for payload in payloads {
            assert!(put(payload, &mut file));
            ends.push(file.len());
        }
        (file, ends)
    }

    proptest! {
        #[test]
        fn a_file_cut_at_any_offset_gives_the_exact_prefix(
            payloads in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..60), 0..8)
        ) {
            let (file, ends) = file_of(&payloads);
            for cut in 0..=file.len() {
                let whole = ends.iter().filter(|end| **end <= cut).count() - 1;
                let scan = scan(&file[..cut]).unwrap();
                prop_assert_eq!(scan.payloads, payloads[..whole].iter().map(Vec::as_slice).collect::<Vec<_>>());
                prop_assert_eq!(scan.good_bytes, ends[whole]);
            }
        }

        #[test]
        fn a_flipped_bit_before_the_last_record_is_damage_and_never_silent_loss(
            payloads in proptest::collection::vec(proptest::collection::vec(0x20u8..0x7f, 2..60), 2..8),
            offset in any::<prop::sample::Index>(), bit in 0u8..8
        ) {
            let (mut file, ends) = file_of(&payloads);
            let offset = offset.index(ends[ends.len() - 2]);
            file[offset] ^= 1 << bit;
            prop_assert!(scan(&file).is_err());
        }
    }

    #[test]
    fn zeros_behind_the_last_record_are_a_torn_tail() {
        let (mut file, ends) = file_of(&[b"one".to_vec()]);
        file.extend([0; 4096]);
        assert_eq!(scan(&file).unwrap().good_bytes, ends[1]);
    }

    #[test]
    fn a_record_that_could_not_be_read_back_is_not_written() {
        let mut file = Vec::new();
        assert!(!put(b"", &mut file));
        assert!(!put(&vec![1; PAYLOAD_BYTES_MAX + 1], &mut file));
        assert!(file.is_empty());
    }
}
