//! Converts a photograph into the pictures that a menu page loads: a square one for the list and a wide one for the dish, each as AVIF, and as
//! JPEG for browsers without AVIF.
//!
//! Pure: bytes in, bytes out. `tabletap-wire` names the files and `tabletap-local` stores them. Drawings (SVG) are small already and are not
//! handled here.

use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, ImageReader, Limits,
    RgbImage,
    codecs::{avif::AvifEncoder, jpeg::JpegEncoder},
    error::{LimitError, LimitErrorKind},
    imageops::{self, FilterType},
    metadata::Orientation,
};
use std::io::Cursor;

/// The largest picture in the list, in either format: a phone loads dozens of them.
pub const LIST_BYTES_MAX: usize = 8 * 1024;
/// A list's picture is a square of twice the 96 pixels that it takes on the page, for sharp screens.
const LIST_SIDE: u32 = 192;
/// A dish's picture is at most this wide and high, and is never enlarged.
const WIDE_SIDE: u32 = 960;
/// Larger pictures are refused: a camera's 40 million pixels take 120 MB while they are read.
const SOURCE_SIDE_MAX: u32 = 12_000;
const SOURCE_PIXELS_MAX: u64 = 40_000_000;
/// The memory that reading one may take besides the picture itself: a few bytes can claim to unpack to any size.
const DECODER_BYTES_MAX: u64 = 320 * 1024 * 1024;
/// 1 is slowest and smallest, 10 fastest.
const AVIF_SPEED: u8 = 7;
/// Tried from the best; the first that fits is taken.
const QUALITIES: [u8; 6] = [70, 55, 45, 35, 25, 12];

/// A picture in both formats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// For nearly all browsers.
    pub avif: Vec<u8>,
    /// For the others.
    pub jpeg: Vec<u8>,
}

/// The published pictures of a photograph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renditions {
    /// A square, at most [`LIST_BYTES_MAX`] in each format.
    pub list: Encoded,
    /// The whole picture.
    pub wide: Encoded,
}

/// A picture that cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// It is not a picture of a known kind, is broken, or is too large.
    #[error("the picture cannot be read: {0}")]
    Unreadable(image::ImageError),
    /// It was read and cannot be written.
    #[error("the picture cannot be written: {0}")]
    Unwritable(image::ImageError),
}

/// Renders a JPEG, PNG or WebP of any size. The same bytes always give the same.
///
/// # Errors
/// [`PictureError`]; permanent.
pub fn render(source: &[u8]) -> Result<Renditions, PictureError> {
    let (picture, orientation) = read(source).map_err(PictureError::Unreadable)?;
    let mut list = picture.resize_to_fill(LIST_SIDE, LIST_SIDE, FilterType::Lanczos3);
    let is_larger = picture.width().max(picture.height()) > WIDE_SIDE;
    let mut wide = match is_larger {
        true => picture.resize(WIDE_SIDE, WIDE_SIDE, FilterType::Lanczos3),
        false => picture,
    };
    // Turned only now: turning the full-size picture would need its memory twice.
    list.apply_orientation(orientation);
    wide.apply_orientation(orientation);
    Ok(Renditions {
        list: encode(&opaque(&list), LIST_BYTES_MAX)?,
        wide: encode(&opaque(&wide), usize::MAX)?,
    })
}

/// The picture as the sensor recorded it, and the camera's note which side is up. A picture that is too large is refused before it is
/// unpacked. That bounds time as well as memory, because all later steps work on at most so many pixels.
fn read(source: &[u8]) -> image::ImageResult<(DynamicImage, Orientation)> {
    let reader = ImageReader::new(Cursor::new(source)).with_guessed_format()?;
    let mut decoder = reader.into_decoder()?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) =
        (Some(SOURCE_SIDE_MAX), Some(SOURCE_SIDE_MAX));
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    decoder.set_limits(limits)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > SOURCE_PIXELS_MAX {
        return Err(ImageError::Limits(LimitError::from_kind(
            LimitErrorKind::DimensionError,
        )));
    }
    let orientation = decoder.orientation()?;
    Ok((DynamicImage::from_decoder(decoder)?, orientation))
}

/// Puts a transparent picture on white: JPEG has no transparency, and both formats should look the same.
fn opaque(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let white = image::Rgba([255; 4]);
    let mut ground = image::RgbaImage::from_pixel(picture.width(), picture.height(), white);
    imageops::overlay(&mut ground, &picture.to_rgba8(), 0, 0);
    DynamicImage::from(ground).to_rgb8()
}

fn encode(picture: &RgbImage, most: usize) -> Result<Encoded, PictureError> {
    Ok(Encoded {
        avif: best_that_fits(most, |quality, out| {
            let encoder = AvifEncoder::new_with_speed_quality(out, AVIF_SPEED, quality);
            write(picture, encoder)
        })?,
        jpeg: best_that_fits(most, |quality, out| {
            write(picture, JpegEncoder::new_with_quality(out, quality))
        })?,
    })
}

fn write(picture: &RgbImage, encoder: impl ImageEncoder) -> image::ImageResult<()> {
    let (width, height) = picture.dimensions();
    encoder.write_image(picture, width, height, ExtendedColorType::Rgb8)
}

/// The first quality that is small enough, else the lowest.
fn best_that_fits(
    most: usize,
    encode: impl Fn(u8, &mut Vec<u8>) -> image::ImageResult<()>,
) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    for quality in QUALITIES {
        bytes.clear();
        encode(quality, &mut bytes).map_err(PictureError::Unwritable)?;
        if bytes.len() <= most {
            break;
        }
    }
    Ok(bytes)
}
