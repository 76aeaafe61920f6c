//! One picture: groups and notes below, then connections, then steps; each colour in one stroke.

use super::inks::{Ink, Inks};
use crate::pages::workflows::canvas::state::Editor;
use leptos::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use toolcrib::workflows::{
    canvas::{
        Point, Rect, Scene, curve,
        scene::{Shape, Wire},
    },
    engine::NodeStatus,
    graph::{NodeKind, Tint},
};
use web_sys::CanvasRenderingContext2d;

/// Corners are seen to be round from here on.
const ROUND: f64 = 0.25;

/// Listens to all that a picture shows.
pub(super) fn track(editor: Editor) {
    editor.view.track();
    editor.size.track();
    editor.version.track();
    editor.chosen.track();
    editor.chosen_edge.track();
    editor.dragged.track();
    editor.moves.track();
    editor.refused.track();
    editor.findings.track();
    editor.versions.shown.track();
    editor.elements.nodes.track();
    editor.elements.edges.track();
    editor.runs.over.track();
    editor.runs.stands.track();
}

/// How a line is drawn: its ink, whether it is thick, whether it is faint.
type Stroke = (Ink, bool, bool);

/// Paints what is seen and is not an element. Whether there was any of it.
pub(super) fn paint(editor: Editor, context: &CanvasRenderingContext2d, ratio: f64, inks: &Inks) -> bool {
    let view = editor.view.get_untracked();
    let (width, height) = editor.size.get_untracked();
    let _ = context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
    context.clear_rect(0.0, 0.0, width * ratio + 1.0, height * ratio + 1.0);
    if editor.versions.shown.with_untracked(Option::is_some) {
        return false;
    }
    let scale = ratio * view.zoom;
    let _ = context.set_transform(scale, 0.0, 0.0, scale, ratio * view.x, ratio * view.y);
    let seen = view.seen(width, height).grown(4.0 / view.zoom);
    editor.scene.with_value(|scene| {
        let places = places(editor, scene);
        let at = |place: usize| places.get(place).copied().unwrap_or_default();
        let made = editor.elements.nodes.read_untracked();
        let made: HashSet<&str> = made.iter().map(String::as_str).collect();
        let shapes: Vec<(&Shape, Rect)> = scene
            .shapes
            .iter()
            .enumerate()
            .map(|(place, shape)| (shape, Rect { x: at(place).x, y: at(place).y, ..shape.rect }))
            .filter(|(shape, rect)| rect.touches(seen) && !made.contains(shape.id.as_str()))
            .collect();
        let brush = Brush { context, inks, zoom: view.zoom };
        brush.papers(&shapes);
        let wires = brush.wires(editor, scene, at, seen);
        brush.steps(editor, &shapes);
        !shapes.is_empty() || wires
    })
}

/// Where each shape stands: what is in the hand, where the hand is.
fn places(editor: Editor, scene: &Scene) -> Vec<Point> {
    let mut places: Vec<Point> = scene.shapes.iter().map(|shape| shape.rect.corner()).collect();
    editor.dragged.with_untracked(|dragged| {
        editor.nodes.with_value(|nodes| {
            for id in dragged {
                if let (Some(place), Some(shown)) = (scene.node(id), nodes.get(id))
                    && let Some(at) = places.get_mut(place)
                {
                    *at = shown.at.get_untracked();
                }
            }
        });
    });
    places
}

struct Brush<'a> {
    context: &'a CanvasRenderingContext2d,
    inks: &'a Inks,
    zoom: f64,
}

impl Brush<'_> {
    fn outline(&self, rect: Rect, radius: f64) {
        let Rect { x, y, width, height } = rect;
        if self.zoom < ROUND || self.context.round_rect_with_f64(x, y, width, height, radius).is_err() {
            self.context.rect(x, y, width, height);
        }
    }

    fn fill<'r>(&self, ink: Ink, strength: f64, rects: impl Iterator<Item = &'r Rect>, radius: f64) {
        let mut any = false;
        for rect in rects {
            if !any {
                self.context.begin_path();
                any = true;
            }
            self.outline(*rect, radius);
        }
        if any {
            self.context.set_global_alpha(strength);
            self.context.set_fill_style_str(self.inks.of(ink));
            self.context.fill();
            self.context.set_global_alpha(1.0);
        }
    }

    /// `wide`: on the screen, px.
    fn stroke(&self, ink: Ink, wide: f64, strength: f64) {
        self.context.set_global_alpha(strength);
        self.context.set_line_width(wide / self.zoom);
        self.context.set_stroke_style_str(self.inks.of(ink));
        self.context.stroke();
        self.context.set_global_alpha(1.0);
    }

    /// Groups, the larger ones below, and notes.
    fn papers(&self, shapes: &[(&Shape, Rect)]) {
        let mut papers: Vec<&(&Shape, Rect)> = shapes.iter().filter(|(shape, _)| shape.kind.is_annotation()).collect();
        papers.sort_by(|(a, one), (b, other)| {
            let note = |shape: &Shape| shape.kind == NodeKind::Note;
            note(a).cmp(&note(b)).then((other.width * other.height).total_cmp(&(one.width * one.height)))
        });
        for (shape, rect) in papers {
            let (soft, ink) = match shape.tint {
                Tint::Yellow => (Ink::WarningSoft, Ink::Warning),
                Tint::Blue => (Ink::InfoSoft, Ink::Info),
                Tint::Green => (Ink::SuccessSoft, Ink::Success),
                Tint::Red => (Ink::DangerSoft, Ink::Danger),
                Tint::Grey => (Ink::Surface, Ink::Line),
            };
            let strength = if shape.kind == NodeKind::Group { 0.5 } else { 1.0 };
            self.fill(soft, strength, std::iter::once(rect), 10.0);
            self.context.begin_path();
            self.outline(*rect, 10.0);
            self.stroke(ink, 1.0, 0.5);
        }
    }

    /// Whether there were any.
    fn wires(&self, editor: Editor, scene: &Scene, at: impl Fn(usize) -> Point, seen: Rect) -> bool {
        let made = editor.elements.edges.read_untracked();
        let made: HashSet<&str> = made.iter().map(String::as_str).collect();
        let chosen = editor.chosen.with_untracked(|chosen| chosen.iter().filter_map(|id| scene.node(id)).collect::<HashSet<usize>>());
        let run = editor.painted_run();
        let mut strokes: BTreeMap<Stroke, Vec<(Point, Point)>> = BTreeMap::new();
        for wire in &scene.wires {
            let (from, to) = Scene::ends(wire, &at);
            if !curve::bounds(from, to).touches(seen) || made.contains(wire.id.as_str()) {
                continue;
            }
            let Wire { source, target, failure, .. } = wire;
            let passed = run.as_ref().map(|run| run.took(&wire.id));
            let stroke = match passed {
                Some(Some(true)) => (Ink::Success, true, false),
                Some(Some(false)) => (Ink::Line, false, true),
                _ if *failure => (Ink::Danger, false, false),
                _ if chosen.contains(source) || chosen.contains(target) => (Ink::Accent, false, false),
                _ => (Ink::Line, false, false),
            };
            strokes.entry(stroke).or_default().push((from, to));
        }
        for ((ink, thick, faint), lines) in &strokes {
            self.context.begin_path();
            for (from, to) in lines {
                let (a, b) = curve::controls(*from, *to);
                self.context.move_to(from.x, from.y);
                self.context.bezier_curve_to(a.x, a.y, b.x, b.y, to.x, to.y);
            }
            let wide = (if *thick { 3.0 } else { 1.75 } * self.zoom).max(if *thick { 1.5 } else { 0.8 });
            self.stroke(*ink, wide, if *faint { 0.35 } else { 1.0 });
        }
        !strokes.is_empty()
    }

    fn steps(&self, editor: Editor, shapes: &[(&Shape, Rect)]) {
        let steps: Vec<&(&Shape, Rect)> = shapes.iter().filter(|(shape, _)| !shape.kind.is_annotation()).collect();
        if steps.is_empty() {
            return;
        }
        for (ink, off) in [(Ink::Surface, false), (Ink::Sunken, true)] {
            self.fill(ink, 1.0, steps.iter().filter(|(shape, _)| shape.off == off).map(|(_, rect)| rect), 8.0);
        }
        // Where the icon is, and where words are.
        let mut chips: BTreeMap<Ink, Vec<Rect>> = BTreeMap::new();
        let mut lines = Vec::with_capacity(steps.len() * 2);
        for (shape, rect) in &steps {
            let chip = match shape.kind {
                _ if shape.off => Ink::Line,
                NodeKind::Input | NodeKind::Output => Ink::Info,
                NodeKind::Tool | NodeKind::ForEach | NodeKind::Workflow => Ink::Accent,
                NodeKind::Approval | NodeKind::Delay => Ink::Warning,
                _ => Ink::Running,
            };
            chips.entry(chip).or_default().push(Rect { x: rect.x + 12.0, y: rect.y + 14.0, width: 36.0, height: 36.0 });
            lines.push(Rect { x: rect.x + 58.0, y: rect.y + 18.0, width: 96.0, height: 10.0 });
            lines.push(Rect { x: rect.x + 58.0, y: rect.y + 37.0, width: 132.0, height: 8.0 });
        }
        for (ink, rects) in &chips {
            self.fill(*ink, 0.55, rects.iter(), 6.0);
        }
        self.fill(Ink::Muted, 0.4, lines.iter(), 4.0);
        let mut rings: BTreeMap<Stroke, Vec<Rect>> = BTreeMap::new();
        let ring = Rings::of(editor);
        for (shape, rect) in &steps {
            rings.entry(ring.of_step(&shape.id)).or_default().push(*rect);
        }
        for ((ink, thick, faint), rects) in &rings {
            self.context.begin_path();
            rects.iter().for_each(|rect| self.outline(*rect, 8.0));
            let wide = (if *thick { 3.0 } else { 1.0 } * self.zoom).max(if *thick { 1.75 } else { 0.6 });
            self.stroke(*ink, wide, if *faint { 0.6 } else { 1.0 });
        }
    }
}

/// What the frames of steps say.
struct Rings {
    chosen: HashSet<String>,
    refused: HashSet<String>,
    /// Whether one of its findings is an error.
    wrong: HashMap<String, bool>,
    run: Option<super::super::runs::Painted>,
}

impl Rings {
    fn of(editor: Editor) -> Self {
        let mut wrong = HashMap::new();
        editor.findings.with_untracked(|findings| {
            for finding in findings {
                if let Some(node) = &finding.node {
                    *wrong.entry(node.clone()).or_insert(false) |= finding.is_error();
                }
            }
        });
        Self {
            chosen: editor.chosen.get_untracked().into_iter().collect(),
            refused: editor.refused.with_untracked(|refused| refused.keys().cloned().collect()),
            wrong,
            run: editor.painted_run(),
        }
    }

    fn of_step(&self, id: &str) -> Stroke {
        let status = self.run.as_ref().and_then(|run| run.status(id));
        match (status, self.wrong.get(id)) {
            _ if self.chosen.contains(id) => (Ink::Accent, true, false),
            _ if self.refused.contains(id) => (Ink::Line, false, true),
            (Some(NodeStatus::Success), _) => (Ink::Success, true, false),
            (Some(NodeStatus::Running), _) => (Ink::Running, true, false),
            (Some(NodeStatus::Retrying), _) => (Ink::Warning, true, false),
            (Some(NodeStatus::Waiting), _) => (Ink::Info, true, false),
            (Some(NodeStatus::Error), _) => (Ink::Danger, true, false),
            (Some(_), _) => (Ink::Line, false, true),
            (None, Some(true)) => (Ink::Danger, true, false),
            (None, Some(false)) => (Ink::Warning, true, false),
            (None, None) => (Ink::Line, false, true),
        }
    }
}
