//! Photographs of every kind become small files of known size, upright, and what is no photograph is refused.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use std::io::Cursor;
use tabletap_picture::{LIST_BYTES_MAX, PictureError, render};

/// Noise is what compresses worst: no dish looks like it.
fn noise(width: u32, height: u32) -> RgbImage {
    let mut state: u32 = 7;
    RgbImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, red, green, blue] = state.to_be_bytes();
        Rgb([red, green, blue])
    })
}

/// Red above, blue below.
fn sky_and_sea(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |_, y| match y < height / 2 {
        true => Rgb([220, 30, 30]),
        false => Rgb([30, 30, 220]),
    })
}

fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap()
}

/// Width and height that an AVIF file says of itself: its `ispe` box, ISO/IEC 23008-12 6.5.3.
fn avif_size(bytes: &[u8]) -> (u32, u32) {
    assert_eq!(&bytes[4..12], b"ftypavif");
    let at = bytes
        .windows(4)
        .position(|box_name| box_name == b"ispe")
        .unwrap()
        + 8;
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(at), number(at + 4))
}

#[test]
fn the_worst_photograph_fits_the_list_in_both_formats() {
    let source = file(noise(640, 480), ImageFormat::Png);
    let made = render(&source).unwrap();
    for bytes in [&made.list.avif, &made.list.jpeg] {
        assert!(bytes.len() <= LIST_BYTES_MAX, "{} bytes", bytes.len());
    }
    assert_eq!(avif_size(&made.list.avif), (192, 192));
    assert_eq!(jpeg(&made.list.jpeg).dimensions(), (192, 192));
}

#[test]
fn every_kind_is_read_and_never_made_larger_than_it_came() {
    for (format, sizes) in [
        (ImageFormat::Jpeg, [(1600, 800), (960, 480)]),
        (ImageFormat::Png, [(400, 300), (400, 300)]),
        (ImageFormat::WebP, [(800, 1600), (480, 960)]),
    ] {
        let [(width, height), wide] = sizes;
        let made = render(&file(sky_and_sea(width, height), format)).unwrap();
        assert_eq!(avif_size(&made.wide.avif), wide, "{format:?}");
        assert_eq!(jpeg(&made.wide.jpeg).dimensions(), wide, "{format:?}");
    }
}

#[test]
fn a_photograph_is_shown_as_the_camera_was_held() {
    let lying = file(sky_and_sea(64, 64), ImageFormat::Jpeg);
    // EXIF in an APP1 segment: one entry, orientation 3, the camera upside down.
    let exif =
        b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0";
    let turned = [&lying[..2], exif, &lying[2..]].concat();
    for (source, top_is_red) in [(lying, true), (turned, false)] {
        let wide = jpeg(&render(&source).unwrap().wide.jpeg);
        let Rgba([red, _, blue, _]) = wide.get_pixel(32, 8);
        assert_eq!(red > blue, top_is_red);
    }
}

#[test]
fn what_is_transparent_is_white_in_both_formats() {
    let clear = RgbaImage::from_pixel(64, 64, Rgba([0, 0, 0, 0]));
    let made = render(&file(clear, ImageFormat::Png)).unwrap();
    let Rgba([red, green, blue, _]) = jpeg(&made.wide.jpeg).get_pixel(32, 32);
    assert!([red, green, blue].iter().all(|part| *part > 250));
}

#[test]
fn the_same_photograph_always_gives_the_same_bytes() {
    let source = file(sky_and_sea(300, 200), ImageFormat::Jpeg);
    assert_eq!(render(&source).unwrap(), render(&source).unwrap());
}

#[test]
fn what_is_no_photograph_is_refused() {
    let cut_off = &file(sky_and_sea(300, 200), ImageFormat::Png)[..200];
    for source in [b"".as_slice(), b"<svg/>", b"GIF89a", cut_off] {
        assert!(matches!(render(source), Err(PictureError::Unreadable(_))));
    }
}

/// A PNG that says it is so large, and holds nothing: its header is whole, ISO/IEC 15948 11.2.2.
fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\r".to_vec();
    bytes.extend(&header);
    bytes.extend(crc(&header).to_be_bytes());
    bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    bytes
}

/// The check that a PNG's parts carry, as its specification gives it in annex D.
fn crc(bytes: &[u8]) -> u32 {
    let byte = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| match crc & 1 {
            1 => 0xedb8_8320 ^ (crc >> 1),
            _ => crc >> 1,
        })
    };
    !bytes.iter().fold(u32::MAX, byte)
}

#[test]
fn a_few_bytes_that_claim_to_be_a_huge_picture_are_refused_by_their_size() {
    for (width, height) in [
        (12_001, 1),
        (12_000, 12_000),
        (7_000, 6_000),
        (u32::MAX, u32::MAX),
    ] {
        let refused = render(&png_of(width, height)).map_err(|error| error.to_string());
        let said = refused.unwrap_err();
        assert!(
            said.contains("size") || said.contains("dimensions") || said.contains("limit"),
            "{width}: {said}"
        );
    }
}
