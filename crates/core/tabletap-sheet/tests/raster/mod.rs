//! A small rasteriser for filled paths, as read from an SVG's or PDF's own text: lines, cubic curves, the non-zero rule.

use std::io::Read;

pub(crate) const DOTS_PER_MM: i32 = 8;
const CURVE_STEPS: u8 = 6;

type Point = (f32, f32);

/// Dots, 0 is black.
#[derive(Debug)]
pub(crate) struct Picture {
    width: usize,
    dots: Vec<u8>,
}

fn index(value: f32) -> usize {
    // A picture's dots are few: the text of a whole number reads back.
    format!("{:.0}", value.max(0.0)).parse().unwrap()
}

/// The corners of a path being read.
#[derive(Default)]
struct Outline {
    rings: Vec<Vec<Point>>,
}

impl Outline {
    fn step(&mut self, command: &str, at: &[f32]) {
        match (command, at) {
            ("M" | "m", [x, y]) => self.rings.push(vec![(*x, *y)]),
            ("L" | "l", [x, y]) => self.rings.last_mut().unwrap().push((*x, *y)),
            ("C" | "c", [ax, ay, bx, by, x, y]) => {
                let ring = self.rings.last_mut().unwrap();
                let (px, py) = *ring.last().unwrap();
                for step in 1..=CURVE_STEPS {
                    let t = f32::from(step) / f32::from(CURVE_STEPS);
                    let u = 1.0 - t;
                    let mix = |p, a, b, q| {
                        p * u * u * u + a * 3.0 * u * u * t + b * 3.0 * u * t * t + q * t * t * t
                    };
                    ring.push((mix(px, *ax, *bx, *x), mix(py, *ay, *by, *y)));
                }
            }
            _ => {}
        }
    }
}

impl Picture {
    fn new(width: f32, height: f32) -> Self {
        let (width, height) = (index(width), index(height));
        Self {
            width,
            dots: vec![255; width * height],
        }
    }

    pub(crate) fn size(&self) -> (usize, usize) {
        (self.width, self.dots.len() / self.width)
    }

    pub(crate) fn grey(&self, x: usize, y: usize) -> u8 {
        self.dots[y * self.width + x]
    }

    /// Rows with ink of 20 mm in one piece: a solid strip.
    pub(crate) fn solid_rows(&self) -> usize {
        let strip = 20 * usize::try_from(DOTS_PER_MM).unwrap();
        let solid = |row: &[u8]| {
            row.chunk_by(|a, b| a == b)
                .any(|run| run.len() >= strip && run[0] < 40)
        };
        self.dots
            .chunks(self.width)
            .filter(|row| solid(row))
            .count()
    }

    /// Fills by the non-zero rule, a row at a time.
    fn fill(&mut self, outline: &Outline, grey: u8) {
        let (width, height) = self.size();
        let mut crossings: Vec<Vec<(f32, i32)>> = vec![Vec::new(); height];
        for ring in &outline.rings {
            for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                let (way, low, high) = if from.1 < to.1 {
                    (1, from, to)
                } else {
                    (-1, to, from)
                };
                let rows = crossings.iter_mut().enumerate().skip(index(low.1 - 0.5));
                for (row, crossings) in rows {
                    let y = u16::try_from(row).map(f32::from).unwrap() + 0.5;
                    if y >= high.1 {
                        break;
                    }
                    if y >= low.1 {
                        let x = low.0 + (high.0 - low.0) * (y - low.1) / (high.1 - low.1);
                        crossings.push((x, way));
                    }
                }
            }
        }
        for (row, mut found) in crossings.into_iter().enumerate() {
            found.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut winding = 0;
            for pair in found.windows(2) {
                winding += pair[0].1;
                if winding != 0 {
                    let (from, to) = (index(pair[0].0).min(width), index(pair[1].0).min(width));
                    self.dots[row * width + from..row * width + to.max(from)].fill(grey);
                }
            }
        }
    }

    pub(crate) fn of_svg(text: &str) -> Self {
        let scale = f32::from(i16::try_from(DOTS_PER_MM).unwrap());
        let attribute = |text: &str, name: &str| -> String {
            let after = text.split(&format!(" {name}=\"")).nth(1).unwrap();
            after.split('"').next().unwrap().to_owned()
        };
        let view: Vec<f32> = attribute(text, "viewBox")
            .split(' ')
            .map(|n| n.parse().unwrap())
            .collect();
        let mut picture = Self::new(view[2] * scale, view[3] * scale);
        for path in text.split("<path").skip(1) {
            let mut outline = Outline::default();
            let data = attribute(path, "d");
            let mut starts: Vec<usize> = data
                .match_indices(['M', 'L', 'C', 'Z'])
                .map(|(at, _)| at)
                .collect();
            starts.push(data.len());
            for piece in starts.windows(2) {
                let (command, numbers) = data[piece[0]..piece[1]].split_at(1);
                let at: Vec<f32> = numbers
                    .split(' ')
                    .filter(|n| !n.is_empty())
                    .map(|n| n.parse::<f32>().unwrap() * scale)
                    .collect();
                outline.step(command, &at);
            }
            picture.fill(&outline, grey_of_hex(&attribute(path, "fill")));
        }
        picture
    }

    /// The pages of a PDF whose content streams are deflated paths.
    pub(crate) fn of_pdf(bytes: &[u8]) -> Vec<Self> {
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let boxes: Vec<Vec<f32>> = text
            .split("/MediaBox [")
            .skip(1)
            .map(|after| {
                after
                    .split(']')
                    .next()
                    .unwrap()
                    .split_whitespace()
                    .map(|n| n.parse().unwrap())
                    .collect()
            })
            .collect();
        let mark = b"\nstream\n";
        let streams = (0..bytes.len())
            .filter(|at| bytes[*at..].starts_with(mark))
            .map(|at| at + mark.len());
        let scale = f32::from(i16::try_from(DOTS_PER_MM).unwrap()) * 25.4 / 72.0;
        let pages = streams.zip(boxes).map(|(start, page)| {
            let mut content = String::new();
            flate2::read::ZlibDecoder::new(&bytes[start..])
                .read_to_string(&mut content)
                .unwrap();
            let mut picture = Self::new(page[2] * scale, page[3] * scale);
            let (mut outline, mut grey, mut numbers) = (Outline::default(), 0, Vec::new());
            for word in content.split_whitespace() {
                if let Ok(number) = word.parse::<f32>() {
                    numbers.push(number);
                    continue;
                }
                match word {
                    "rg" => {
                        grey = index(numbers.iter().sum::<f32>() / 3.0 * 255.0)
                            .try_into()
                            .unwrap()
                    }
                    "f" => {
                        picture.fill(&outline, grey);
                        outline = Outline::default();
                    }
                    command => {
                        let turned = |(at, n): (usize, &f32)| {
                            if at % 2 == 0 {
                                n * scale
                            } else {
                                (page[3] - n) * scale
                            }
                        };
                        outline.step(
                            command,
                            &numbers.iter().enumerate().map(turned).collect::<Vec<_>>(),
                        );
                    }
                }
                numbers.clear();
            }
            picture
        });
        pages.collect()
    }
}

fn grey_of_hex(colour: &str) -> u8 {
    let value = u32::from_str_radix(colour.trim_start_matches('#'), 16).unwrap();
    let [_, red, green, blue] = value.to_be_bytes();
    u8::try_from((u32::from(red) + u32::from(green) + u32::from(blue)) / 3).unwrap()
}
