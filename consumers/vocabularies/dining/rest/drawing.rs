//! Codes as drawings that are printed: SVG in millimetres, black on white, without a script, a style sheet or a font of its own.

use maitred::Error;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// What is printed for one table.
pub struct Label {
    /// The restaurant's name.
    pub house: String,
    /// What is on the table.
    pub table: String,
    /// Where the code leads.
    pub url: String,
}

/// The width and the height of a label, in millimetres: three by four of them are a sheet of A4 with a margin that every printer has.
const LABEL: (f64, f64) = (63.0, 69.0);
/// The side of the code on it, with the four quiet modules that readers need around it.
const CODE: f64 = 48.0;
const QUIET: usize = 4;
/// A sheet of A4.
const SHEET: (f64, f64) = (210.0, 297.0);
const COLUMNS: usize = 3;
const ROWS: usize = 4;

/// One label.
pub fn one(label: &Label) -> Result<String, Error> {
    let mut svg = begun(LABEL);
    draw(&mut svg, label, (0.0, 0.0))?;
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// A sheet of at most twelve, with lines to cut along.
pub fn sheet(labels: &[Label]) -> Result<String, Error> {
    let mut svg = begun(SHEET);
    let margin = (
        (SHEET.0 - LABEL.0 * COLUMNS as f64) / 2.0,
        (SHEET.1 - LABEL.1 * ROWS as f64) / 2.0,
    );
    for (nth, label) in labels.iter().take(COLUMNS * ROWS).enumerate() {
        let at = (
            margin.0 + LABEL.0 * (nth % COLUMNS) as f64,
            margin.1 + LABEL.1 * (nth / COLUMNS) as f64,
        );
        let _ = write!(
            svg,
            r##"<rect x="{:.2}" y="{:.2}" width="{}" height="{}" fill="none" stroke="#bbb" stroke-width="0.15" stroke-dasharray="1 1"/>"##,
            at.0, at.1, LABEL.0, LABEL.1
        );
        draw(&mut svg, label, at)?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn begun((width, height): (f64, f64)) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}"><rect width="{width}" height="{height}" fill="#fff"/>"##
    )
}

/// A label with its upper left corner there.
fn draw(svg: &mut String, label: &Label, at: (f64, f64)) -> Result<(), Error> {
    // A quarter of it may be scratched, or under a glass.
    let code = QrCode::with_error_correction_level(label.url.as_bytes(), EcLevel::Q)
        .map_err(|e| Error::Store(format!("no code says this: {e}")))?;
    let (width, colors) = (code.width(), code.to_colors());
    let module = CODE / (width + 2 * QUIET) as f64;
    let corner = (
        at.0 + (LABEL.0 - CODE) / 2.0 + module * QUIET as f64,
        at.1 + 4.0 + module * QUIET as f64,
    );
    let _ = write!(
        svg,
        r##"<g role="img" aria-label="{}"><path fill="#000" shape-rendering="crispEdges" transform="translate({:.4} {:.4}) scale({module:.6})" d=""##,
        escaped(&label.url),
        corner.0,
        corner.1
    );
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        // A run of dark modules is one rectangle: no hairlines between them.
        while x < width {
            let run = row[x..].iter().take_while(|color| **color == Color::Dark);
            let run = run.count();
            if run > 0 {
                let _ = write!(svg, "M{x} {y}h{run}v1h-{run}z");
            }
            x += run.max(1);
        }
    }
    svg.push_str("\"/></g>");
    let middle = at.0 + LABEL.0 / 2.0;
    for (text, size, down) in [(&label.table, 9.0, 59.5), (&label.house, 3.4, 65.0)] {
        let _ = write!(
            svg,
            r##"<text x="{middle:.2}" y="{:.2}" font-family="Archivo, Helvetica, Arial, sans-serif" font-weight="700" font-size="{}" text-anchor="middle" fill="#000">{}</text>"##,
            at.1 + down,
            fitting(text, size),
            escaped(text)
        );
    }
    Ok(())
}

/// The size in which a text is no wider than a label: letters are some six tenths as wide as they are high.
fn fitting(text: &str, size: f64) -> f64 {
    let letters = text.chars().count().max(1) as f64;
    let widest = (LABEL.0 - 6.0) / (0.62 * letters);
    (size.min(widest) * 100.0).round() / 100.0
}

/// As text and attributes of XML have it. What XML cannot say is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter if letter < ' ' || matches!(letter, '\u{fffe}' | '\u{ffff}') => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(table: &str) -> Label {
        Label {
            house: "Baan <Mia> & Söhne".to_owned(),
            table: table.to_owned(),
            url: "http://localhost:9000/t/0123456789abcdef0123456789abcdef".to_owned(),
        }
    }

    #[test]
    fn names_cannot_break_out_of_the_drawing() {
        let svg = one(&label("\"><script>alert(1)</script>")).unwrap();
        assert!(!svg.contains("<script"), "{svg}");
        assert!(svg.contains("Baan &lt;Mia&gt; &amp; Söhne"));
    }

    #[test]
    fn a_sheet_holds_twelve_and_nothing_is_outside() {
        let labels: Vec<_> = (1..=15).map(|n| label(&n.to_string())).collect();
        let svg = sheet(&labels).unwrap();
        assert_eq!(svg.matches("<path").count(), 12);
        assert!(svg.contains(">12</text>") && !svg.contains(">13</text>"));
    }

    /// What a phone's camera would see: the modules of the only path, four pixels each.
    fn read(svg: &str) -> String {
        const PIXELS: usize = 4;
        let path = svg
            .split(" d=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let runs: Vec<[usize; 3]> = path
            .split('M')
            .skip(1)
            .map(|run| {
                let (at, rest) = run.split_once('h').unwrap();
                let (x, y) = at.split_once(' ').unwrap();
                let width = rest.split('v').next().unwrap();
                [x, y, width].map(|number| number.parse().unwrap())
            })
            .collect();
        let modules = 1 + runs.iter().map(|[_, y, _]| *y).max().unwrap();
        let side = (modules + 2 * QUIET) * PIXELS;
        let mut seen = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            let module = |pixel: usize| (pixel / PIXELS).checked_sub(QUIET);
            let dark = module(x).zip(module(y)).is_some_and(|(x, y)| {
                let covers = |[left, row, width]: &[usize; 3]| {
                    *row == y && (*left..left + width).contains(&x)
                };
                runs.iter().any(covers)
            });
            if dark { 0 } else { 255 }
        });
        let found = seen.detect_grids();
        assert_eq!(found.len(), 1, "one code");
        found[0].decode().unwrap().1
    }

    #[test]
    fn a_phone_reads_where_it_leads() {
        for table in ["5", "T12"] {
            let label = label(table);
            assert_eq!(read(&one(&label).unwrap()), label.url);
        }
    }

    #[test]
    fn a_long_number_is_written_smaller() {
        assert!(fitting("Terrace by the river 12", 9.0) < 5.0);
        assert!((fitting("12", 9.0) - 9.0).abs() < f64::EPSILON);
    }
}
