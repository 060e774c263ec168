//! Which parts of a picture differ from an earlier one: a few rectangles. Never compares pixels.

use embedded_graphics::prelude::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use crate::canvas::meet;

/// Rectangles that are kept apart at most: as many things change on a screen at once, and more rectangles save nothing.
const RECTANGLES_MAX: usize = 8;

/// Rectangles of a picture that changed; they do not overlap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Damage(Vec<Rectangle>);

impl Damage {
    /// All of a picture of this size.
    #[must_use]
    pub fn whole(size: Size) -> Self {
        let mut damage = Self::default();
        damage.add(Rectangle::new(Point::zero(), size));
        damage
    }

    /// The rectangles, in no particular order.
    #[must_use]
    pub fn rectangles(&self) -> &[Rectangle] {
        &self.0
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a rectangle in, together with all that it overlaps.
    pub fn add(&mut self, area: Rectangle) {
        if area.is_zero_sized() {
            return;
        }
        let mut area = area;
        // What was taken in may overlap what was seen before.
        while let Some(met) = self.0.iter().position(|other| meet(other, &area)) {
            area = envelope(&self.0.swap_remove(met), &area);
        }
        if self.0.len() < RECTANGLES_MAX {
            self.0.push(area);
        } else if let Some(other) = self.0.pop() {
            self.add(envelope(&other, &area));
        }
    }

    /// What of it lies in a picture of this size.
    pub(crate) fn within(&self, size: Size) -> Self {
        let all = Rectangle::new(Point::zero(), size);
        let mut inside = Self::default();
        self.0
            .iter()
            .for_each(|area| inside.add(area.intersection(&all)));
        inside
    }

    /// Takes in all that another holds.
    pub fn merge(&mut self, other: &Self) {
        for area in &other.0 {
            self.add(*area);
        }
    }
}

/// The smallest rectangle around two that are not empty.
pub(crate) fn envelope(a: &Rectangle, b: &Rectangle) -> Rectangle {
    let corner = |r: &Rectangle| r.bottom_right().unwrap_or(r.top_left);
    Rectangle::with_corners(
        a.top_left.component_min(b.top_left),
        corner(a).component_max(corner(b)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(x: i32, y: i32, width: u32, height: u32) -> Rectangle {
        Rectangle::new(Point::new(x, y), Size::new(width, height))
    }

    #[test]
    fn what_overlaps_becomes_one_and_what_does_not_stays_apart() {
        let mut damage = Damage::default();
        assert!(damage.is_empty());
        damage.add(area(0, 0, 4, 4));
        damage.add(area(10, 0, 4, 4));
        damage.add(area(0, 0, 0, 9));
        assert_eq!(damage.rectangles().len(), 2);
        // Reaches both.
        damage.add(area(3, 3, 8, 1));
        assert_eq!(damage.rectangles(), [area(0, 0, 14, 4)]);
    }

    #[test]
    fn many_changes_are_few_rectangles_and_none_is_lost() {
        let mut damage = Damage::default();
        let places: Vec<_> = (0..200)
            .map(|n| area(n * 37 % 500, n * 91 % 400, 3, 2))
            .collect();
        for place in &places {
            damage.add(*place);
        }
        assert!(damage.rectangles().len() <= RECTANGLES_MAX);
        for place in places {
            let held = |area: &&Rectangle| area.intersection(&place) == place;
            assert!(
                damage.rectangles().iter().any(|area| held(&area)),
                "{place:?}"
            );
        }
    }

    #[test]
    fn the_whole_swallows_everything() {
        let mut damage = Damage::whole(Size::new(480, 272));
        damage.add(area(3, 3, 5, 5));
        assert_eq!(damage, Damage::whole(Size::new(480, 272)));
        let mut other = Damage::default();
        other.add(area(0, 0, 1, 1));
        other.merge(&damage);
        assert_eq!(other, damage);
    }
}
