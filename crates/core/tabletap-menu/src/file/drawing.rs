//! Drawings that only draw: SVG is a document that can run scripts and fetch, and it is served from the restaurant's own address.
//!
//! What is not known to be harmless is refused: the elements, attributes and values of a plain drawing are listed here, and the size of
//! what a browser makes of it is bounded. The text is read by a real parser, as a browser reads it: names in their namespaces,
//! values with their references resolved. See SVG 2 and, for what happens otherwise, its section "Security considerations".

use roxmltree::{Document, Node, NodeId, ParsingOptions};
use std::collections::{BTreeMap, HashMap};

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Nodes of the document: elements, texts, comments.
const NODES_MAX: u32 = 4_000;
/// Elements inside each other.
const DEPTH_MAX: usize = 24;
/// Elements to draw, each counted as often as something refers to it.
const DRAWN_MAX: u64 = 10_000;

const ELEMENTS: [&str; 22] = [
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "g",
    "line",
    "linearGradient",
    "mask",
    "metadata",
    "path",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "style",
    "svg",
    "symbol",
    "text",
    "title",
    "tspan",
];
/// The one more that may name another element of the drawing.
const USE: &str = "use";

/// Attributes without a namespace: geometry, painting, and what a screen reader is told.
const ATTRIBUTES: [&str; 87] = [
    "baseProfile",
    "class",
    "clip-path",
    "clip-rule",
    "clipPathUnits",
    "color",
    "color-interpolation",
    "cx",
    "cy",
    "d",
    "direction",
    "display",
    "dominant-baseline",
    "dx",
    "dy",
    "enable-background",
    "fill",
    "fill-opacity",
    "fill-rule",
    "font-family",
    "font-size",
    "font-stretch",
    "font-style",
    "font-variant",
    "font-weight",
    "fr",
    "fx",
    "fy",
    "gradientTransform",
    "gradientUnits",
    "height",
    "id",
    "image-rendering",
    "isolation",
    "lengthAdjust",
    "letter-spacing",
    "mask",
    "maskContentUnits",
    "maskUnits",
    "mix-blend-mode",
    "offset",
    "opacity",
    "orient",
    "overflow",
    "paint-order",
    "pathLength",
    "points",
    "preserveAspectRatio",
    "r",
    "role",
    "rotate",
    "rx",
    "ry",
    "shape-rendering",
    "spreadMethod",
    "stop-color",
    "stop-opacity",
    "stroke",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-opacity",
    "stroke-width",
    "style",
    "text-anchor",
    "text-decoration",
    "text-rendering",
    "textLength",
    "transform",
    "transform-origin",
    "type",
    "unicode-bidi",
    "vector-effect",
    "version",
    "viewBox",
    "visibility",
    "width",
    "word-spacing",
    "writing-mode",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];

/// What is wrong with a drawing, and in which of its lines.
pub(super) struct Fault {
    pub(super) line: u32,
    pub(super) problem: String,
}

/// Accepts a drawing that only draws.
///
/// # Errors
/// The first thing in it that is not known to be harmless.
pub(super) fn check(bytes: &[u8]) -> Result<(), Fault> {
    let at_start = |problem: &str| Fault {
        line: 1,
        problem: problem.to_owned(),
    };
    let text = std::str::from_utf8(bytes).map_err(|_| at_start("it is not UTF-8 text"))?;
    if !declares_utf_8(text) {
        // A browser would read other characters than we do.
        return Err(at_start("it declares an encoding other than UTF-8"));
    }
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: NODES_MAX,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|error| Fault {
        line: error.pos().row,
        problem: format!("it cannot be read as SVG: {error}"),
    })?;
    let drawing = Drawing {
        ids: ids(&document),
        document: &document,
    };
    drawing.check()
}

/// An XML declaration may name the encoding, in a place where only it can stand.
fn declares_utf_8(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let Some(declaration) = text
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
        .map(|(declaration, _)| declaration)
    else {
        return true;
    };
    let Some((_, encoding)) = declaration.split_once("encoding") else {
        return true;
    };
    let encoding = encoding.trim_start_matches(|c: char| c.is_whitespace() || c == '=');
    let encoding = encoding.trim_start_matches(['"', '\'']);
    let name: String = encoding
        .chars()
        .take_while(|c| !"\"'".contains(*c))
        .collect();
    name.eq_ignore_ascii_case("utf-8")
}

fn ids<'a>(document: &'a Document<'_>) -> BTreeMap<&'a str, NodeId> {
    let mut ids = BTreeMap::new();
    for element in document.descendants().filter(Node::is_element) {
        // Of an id that stands twice browsers take the first.
        if let Some(id) = element.attribute("id") {
            ids.entry(id).or_insert(element.id());
        }
    }
    ids
}

struct Drawing<'a, 'input> {
    document: &'a Document<'input>,
    ids: BTreeMap<&'a str, NodeId>,
}

impl Drawing<'_, '_> {
    fn check(&self) -> Result<(), Fault> {
        for node in self.document.descendants() {
            let problem = match node {
                _ if node.is_element() => element(&node).err(),
                _ if node.is_pi() => Some("it contains an instruction, `<?…?>`".to_owned()),
                _ => None,
            };
            if let Some(problem) = problem {
                return Err(self.fault(&node, problem));
            }
        }
        let root = self.document.root_element();
        if root.tag_name().name() != "svg" {
            return Err(self.fault(&root, "it is not an SVG".to_owned()));
        }
        let (mut drawn, mut open) = (HashMap::new(), Vec::new());
        if self
            .drawn(root, &mut drawn, &mut open)
            .is_none_or(|drawn| drawn > DRAWN_MAX)
        {
            let problem = "its elements refer to each other too often, or in a circle";
            return Err(self.fault(&root, problem.to_owned()));
        }
        Ok(())
    }

    fn fault(&self, node: &Node<'_, '_>, problem: String) -> Fault {
        let line = self.document.text_pos_at(node.range().start).row;
        Fault { line, problem }
    }

    /// How many elements a browser draws for this one; none for a circle, or for more than anybody draws. Each element is counted once, so
    /// that counting takes no longer than reading.
    fn drawn(
        &self,
        element: Node<'_, '_>,
        known: &mut HashMap<NodeId, u64>,
        open: &mut Vec<NodeId>,
    ) -> Option<u64> {
        if let Some(drawn) = known.get(&element.id()) {
            return Some(*drawn);
        }
        if open.contains(&element.id()) || open.len() > DEPTH_MAX * 4 {
            return None;
        }
        open.push(element.id());
        let mut drawn = 1_u64;
        for child in element.children().filter(Node::is_element) {
            drawn = drawn.saturating_add(self.drawn(child, known, open)?);
        }
        for attribute in element.attributes() {
            for id in references(attribute.value()) {
                let Some(referred) = self.ids.get(id) else {
                    continue;
                };
                let referred = self.document.get_node(*referred)?;
                drawn = drawn.saturating_add(self.drawn(referred, known, open)?);
            }
        }
        open.pop();
        known.insert(element.id(), drawn);
        (drawn <= DRAWN_MAX).then_some(drawn)
    }
}

/// The ids that a value refers to: `#id`, `url(#id)`.
fn references(value: &str) -> impl Iterator<Item = &str> {
    let whole = value.trim().strip_prefix('#');
    let inside = value.split("url(").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?.trim().trim_matches(['"', '\'']);
        target.strip_prefix('#')
    });
    whole.into_iter().chain(inside)
}

fn element(element: &Node<'_, '_>) -> Result<(), String> {
    let tag = element.tag_name();
    let name = tag.name();
    let is_svg = tag.namespace().is_none_or(|space| space == SVG);
    if !is_svg || name != USE && !ELEMENTS.contains(&name) {
        return Err(format!("it contains an element `{name}`"));
    }
    if element.ancestors().count() > DEPTH_MAX {
        return Err(format!(
            "its elements are nested more than {DEPTH_MAX} deep"
        ));
    }
    for attribute in element.attributes() {
        let (word, value) = (attribute.name(), attribute.value());
        let is_fine = match attribute.namespace() {
            None if word == "href" => refers_inside(name, value),
            None => is_known(word) && is_plain(value),
            Some(XLINK) => word == "href" && refers_inside(name, value),
            Some(XML) => matches!(word, "space" | "lang"),
            Some(_) => false,
        };
        if !is_fine {
            return Err(format!(
                "its element `{name}` has an attribute `{word}` that does more than draw"
            ));
        }
    }
    if name == "style" && !is_plain_style(&text_of(element)) {
        return Err("its style refers to something outside it".to_owned());
    }
    Ok(())
}

fn is_known(attribute: &str) -> bool {
    ATTRIBUTES.contains(&attribute)
        || attribute.starts_with("data-")
        || attribute.starts_with("aria-")
}

fn refers_inside(element: &str, value: &str) -> bool {
    let may_refer = [USE, "linearGradient", "radialGradient"].contains(&element);
    may_refer && value.starts_with('#')
}

/// A value that names nothing outside: `url()` only of an element of the drawing, in which no escape hides another.
fn is_plain(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let addresses = lower.matches("url(").count();
    let inside = lower.matches("url(#").count();
    is_plain_text(&lower) && addresses == inside
}

/// The same for a sheet of styles, which in a drawing has no reason to name anything.
fn is_plain_style(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    is_plain_text(&lower) && !lower.contains("url(") && !lower.contains('@')
}

fn is_plain_text(lower: &str) -> bool {
    const ACTS: [&str; 7] = [
        "\\",
        "script:",
        "expression",
        "image(",
        "image-set",
        "element(",
        "data:",
    ];
    !ACTS.iter().any(|word| lower.contains(word))
}

fn text_of(element: &Node<'_, '_>) -> String {
    let texts = element.descendants().filter(Node::is_text);
    texts.filter_map(|text| text.text()).collect()
}
