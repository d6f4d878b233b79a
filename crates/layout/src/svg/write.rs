//! Writing SVG: numbers rounded, texts escaped, nothing else.

use std::fmt::Write as _;

use escape::html;

use super::Frame;
use crate::chart::Mark;

/// An SVG under construction. Classes and tags are ours; texts are raw and escaped here.
pub(super) struct Writer {
    out: String,
}

/// A coordinate with at most one decimal: a tenth of a pixel is nobody's business.
pub(super) fn px(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

impl Writer {
    pub(super) fn open(frame: &Frame<'_>, height: f64) -> Self {
        let id: String = frame.id.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '-').collect();
        let (width, height) = (px(frame.width()), px(height));
        let out = format!(
            "<svg class=\"chart\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
             aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>",
            html::text(frame.title),
            html::text(frame.description),
        );
        Self { out }
    }

    pub(super) fn close(mut self) -> String {
        self.out.push_str("</svg>");
        self.out
    }

    /// Markup of ours.
    pub(super) fn raw(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let _ = write!(
            self.out,
            "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
            px(from.0),
            px(from.1),
            px(to.0),
            px(to.1)
        );
    }

    pub(super) fn rect(&mut self, class: &str, at: (f64, f64), size: (f64, f64)) {
        let _ = write!(
            self.out,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            px(at.0),
            px(at.1),
            px(size.0.max(0.0)),
            px(size.1.max(0.0))
        );
    }

    /// A text; `anchor` is start, middle or end.
    pub(super) fn text(&mut self, class: &str, at: (f64, f64), anchor: &str, text: &str) {
        let _ = write!(
            self.out,
            "<text class=\"{class}\" x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            px(at.0),
            px(at.1),
            html::text(text)
        );
    }

    /// A text that reads upwards.
    pub(super) fn upwards(&mut self, class: &str, at: (f64, f64), text: &str) {
        let _ = write!(
            self.out,
            "<text class=\"{class}\" transform=\"translate({} {}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            px(at.0),
            px(at.1),
            html::text(text)
        );
    }

    /// Opens a group that says its own words when pointed at.
    pub(super) fn group(&mut self, class: &str, words: &str) {
        let _ = write!(self.out, "<g class=\"{class}\"><title>{}</title>", html::text(words));
    }

    pub(super) fn end(&mut self) {
        self.out.push_str("</g>");
    }

    /// A mark in its shape.
    pub(super) fn mark(&mut self, mark: Mark, (x, y): (f64, f64), radius: f64) {
        let _ = match mark {
            Mark::Filled => {
                write!(self.out, "<circle class=\"m-full\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", px(x), px(y), px(radius))
            }
            Mark::Ring => {
                write!(self.out, "<circle class=\"m-ring\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", px(x), px(y), px(radius))
            }
            Mark::Diamond => {
                let r = radius * 1.25;
                write!(
                    self.out,
                    "<path class=\"m-diamond\" d=\"M{} {}L{} {}L{} {}L{} {}Z\"/>",
                    px(x),
                    px(y - r),
                    px(x + r),
                    px(y),
                    px(x),
                    px(y + r),
                    px(x - r),
                    px(y)
                )
            }
        };
    }

    /// A path through points; steps where `stepped`.
    pub(super) fn path(&mut self, class: &str, points: &[(f64, f64)], stepped: bool) {
        if points.is_empty() {
            return;
        }
        let _ = write!(self.out, "<path class=\"{class}\" d=\"{}\"/>", path_of(points, stepped));
    }
}

/// The commands of a path through points.
pub(super) fn path_of(points: &[(f64, f64)], stepped: bool) -> String {
    let mut path = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        let _ = if at == 0 {
            write!(path, "M{} {}", px(*x), px(*y))
        } else if stepped {
            write!(path, "H{}V{}", px(*x), px(*y))
        } else {
            write!(path, "L{} {}", px(*x), px(*y))
        };
    }
    path
}
