//! A list of rows: columns, filter, sort order, marks, selection. The same on every screen.

use super::{filter::Filter, style::Role};
use crate::domain::{ids::Arn, text::neutral};
use std::collections::BTreeSet;

/// A column of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The name that filters and sorting use.
    pub name: &'static str,
    /// What stands above it.
    pub title: &'static str,
    /// The cells of the screen that it gets at least.
    pub width: u16,
    /// Whether it takes a share of the room that is left.
    pub grows: bool,
}

impl Column {
    /// Returns a column of a fixed width.
    pub const fn new(name: &'static str, title: &'static str, width: u16) -> Self {
        Self {
            name,
            title,
            width,
            grows: false,
        }
    }

    /// Returns a column that grows from `width`.
    pub const fn growing(name: &'static str, title: &'static str, width: u16) -> Self {
        Self {
            name,
            title,
            width,
            grows: true,
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What the row is about.
    pub id: Arn,
    /// One cell for each column.
    pub cells: Vec<Cell>,
    /// Whether it, or part of it, comes from an earlier load.
    pub is_stale: bool,
    /// Whether a check failed on it.
    pub has_finding: bool,
}

/// What a column says about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The text, neutralised.
    pub text: String,
    /// What it is.
    pub role: Role,
    /// What it is sorted by before its text, smallest first.
    pub order: i64,
}

impl Cell {
    /// Returns a cell that is sorted by its text.
    pub fn new(text: impl AsRef<str>, role: Role) -> Self {
        Self {
            text: neutral(text.as_ref()).into_owned(),
            role,
            order: 0,
        }
    }

    /// Returns a cell that is sorted by a number.
    pub fn ordered(text: impl AsRef<str>, role: Role, order: i64) -> Self {
        Self {
            order,
            ..Self::new(text, role)
        }
    }

    /// Returns a cell that shows a count, 0 as a dash.
    pub fn count(count: usize) -> Self {
        let order = i64::try_from(count).unwrap_or(i64::MAX);
        if count == 0 {
            Self::ordered("–", Role::Dim, order)
        } else {
            Self::ordered(count.to_string(), Role::Normal, order)
        }
    }
}

/// The rows of one screen and what the operator has done with them.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// Every row, in the order of ARNs.
    rows: Vec<Row>,
    /// The places in `rows` of those that are shown, filtered and sorted.
    shown: Vec<usize>,
    /// The filter, as typed.
    filter_text: String,
    /// Whether only rows on which a check failed are shown.
    has_findings_only: bool,
    /// Why the filter is not understood, while it is not.
    filter_error: Option<String>,
    /// The column that rows are sorted by.
    sort_column: usize,
    /// Whether the order is turned round.
    is_reversed: bool,
    /// What the operator has selected; kept by name, so that rows which arrive above do not move it. Until something is
    /// chosen, the selection stays at the top.
    selected: Option<Arn>,
    /// The place of the selection in `shown`.
    place: usize,
    /// The place of the first row on the screen.
    offset: usize,
    /// The rows that are marked.
    marks: BTreeSet<Arn>,
    /// Where a range of marks begins.
    anchor: Option<Arn>,
}

impl List {
    /// Takes over fresh rows, keeping selection, marks, filter and order.
    pub fn set_rows(&mut self, rows: Vec<Row>, columns: &[Column]) {
        self.rows = rows;
        let ids: BTreeSet<&Arn> = self.rows.iter().map(|row| &row.id).collect();
        self.marks.retain(|mark| ids.contains(mark));
        self.arrange(columns);
    }

    /// Takes over a filter. One that is not understood is remembered as such and lets every row through.
    pub fn set_filter(&mut self, text: impl Into<String>, columns: &[Column]) {
        self.filter_text = text.into();
        self.arrange(columns);
    }

    /// Shows only rows on which a check failed, or all again.
    pub fn toggle_findings_only(&mut self, columns: &[Column]) {
        self.has_findings_only = !self.has_findings_only;
        self.arrange(columns);
    }

    /// Returns whether only rows on which a check failed are shown.
    pub fn has_findings_only(&self) -> bool {
        self.has_findings_only
    }

    /// Sorts by `column`, and the other way round when it is the order already.
    pub fn sort_by(&mut self, column: usize, columns: &[Column]) {
        self.is_reversed = self.sort_column == column && !self.is_reversed;
        self.sort_column = column;
        self.arrange(columns);
    }

    /// Sorts by the next column.
    pub fn sort_by_next(&mut self, columns: &[Column]) {
        self.sort_column = (self.sort_column + 1) % columns.len().max(1);
        self.is_reversed = false;
        self.arrange(columns);
    }

    /// Turns the order round.
    pub fn reverse(&mut self, columns: &[Column]) {
        self.is_reversed = !self.is_reversed;
        self.arrange(columns);
    }

    /// Returns the column that rows are sorted by and whether the order is turned round.
    pub fn order(&self) -> (usize, bool) {
        (self.sort_column, self.is_reversed)
    }

    /// Returns the filter as typed.
    pub fn filter_text(&self) -> &str {
        &self.filter_text
    }

    /// Returns why the filter is not understood.
    pub fn filter_error(&self) -> Option<&str> {
        self.filter_error.as_deref()
    }

    /// Returns how many rows there are, filtered or not.
    pub fn total(&self) -> usize {
        self.rows.len()
    }

    /// Returns how many rows the filter lets through.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Returns whether no row is shown.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Returns the rows that are shown, in order.
    pub fn shown(&self) -> impl Iterator<Item = &Row> {
        self.shown.iter().filter_map(|index| self.rows.get(*index))
    }

    /// Returns the rows from the first on the screen, with whether each is selected and marked.
    pub fn window(&self, height: usize) -> impl Iterator<Item = (&Row, bool, bool)> {
        self.shown()
            .enumerate()
            .skip(self.offset)
            .take(height)
            .map(|(place, row)| (row, place == self.place, self.marks.contains(&row.id)))
    }

    /// Returns the place of the first row on the screen.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the selected row.
    pub fn selected(&self) -> Option<&Row> {
        self.shown.get(self.place).and_then(|index| self.rows.get(*index))
    }

    /// Returns the place of the selection.
    pub fn place(&self) -> usize {
        self.place
    }

    /// Selects the row at `place`, or the last one.
    pub fn select(&mut self, place: usize) {
        self.place = place.min(self.shown.len().saturating_sub(1));
        self.selected = self.selected().map(|row| row.id.clone());
    }

    /// Selects the row with this ARN; false when it is not shown.
    pub fn select_id(&mut self, id: &Arn) -> bool {
        let place = self.shown().position(|row| row.id == *id);
        if let Some(place) = place {
            self.select(place);
        }
        place.is_some()
    }

    /// Moves the selection by `rows`, stopping at both ends.
    pub fn move_by(&mut self, rows: isize) {
        self.select(self.place.saturating_add_signed(rows));
    }

    /// Scrolls so that the selection is on a screen of `height` rows.
    pub fn scroll_into_view(&mut self, height: usize) {
        let height = height.max(1);
        let last_offset = self.shown.len().saturating_sub(height);
        let lowest = self.place.saturating_sub(height - 1);
        self.offset = self.offset.clamp(lowest, self.place).min(last_offset.max(lowest));
    }

    /// Marks the selected row, or takes its mark away, and remembers it as the beginning of a range.
    pub fn toggle_mark(&mut self) {
        if let Some(id) = self.selected().map(|row| row.id.clone()) {
            if !self.marks.remove(&id) {
                self.marks.insert(id.clone());
            }
            self.anchor = Some(id);
        }
    }

    /// Marks every row from the last mark to the selection.
    pub fn mark_range(&mut self) {
        let anchor = self
            .anchor
            .as_ref()
            .and_then(|anchor| self.shown().position(|row| row.id == *anchor));
        let from = anchor.unwrap_or(self.place);
        let (first, last) = (from.min(self.place), from.max(self.place));
        let ids: Vec<Arn> = self
            .shown()
            .skip(first)
            .take(last - first + 1)
            .map(|row| row.id.clone())
            .collect();
        self.marks.extend(ids);
        self.anchor = self.selected().map(|row| row.id.clone());
    }

    /// Returns the marked rows.
    pub fn marks(&self) -> &BTreeSet<Arn> {
        &self.marks
    }

    /// Takes all marks away.
    pub fn clear_marks(&mut self) {
        self.marks.clear();
        self.anchor = None;
    }

    fn arrange(&mut self, columns: &[Column]) {
        let filter = match Filter::parse(&self.filter_text, columns) {
            Ok(filter) => {
                self.filter_error = None;
                filter
            }
            Err(error) => {
                self.filter_error = Some(error.to_string());
                Filter::default()
            }
        };
        self.shown = if filter.is_empty() {
            (0..self.rows.len()).collect()
        } else {
            filter.select(&self.rows)
        };
        if self.has_findings_only {
            let rows = &self.rows;
            self.shown
                .retain(|index| rows.get(*index).is_some_and(|row| row.has_finding));
        }
        self.sort();
        match self.selected.clone() {
            Some(id) if self.select_id(&id) => {}
            Some(_) => self.select(self.place),
            None => self.place = 0,
        }
    }

    /// Sorts what is shown; rows that are equal in the column keep the order of their ARNs.
    fn sort(&mut self) {
        let (rows, column) = (&self.rows, self.sort_column);
        let cell = |index: &usize| rows.get(*index).and_then(|row| row.cells.get(column));
        // Only the first order is by letters that people read; accents and case come second.
        self.shown
            .sort_by_cached_key(|index| cell(index).map(|cell| (cell.order, cell.text.to_lowercase(), *index)));
        if self.is_reversed {
            self.shown.reverse();
        }
    }
}

/// The cells before the first column, for the sign of a mark or of an old row.
pub const MARGIN: u16 = 2;

/// Returns the width of each column in a list of `width` cells; columns that do not fit get none, from the right.
pub fn widths(columns: &[Column], width: u16) -> Vec<u16> {
    let mut left = width.saturating_sub(MARGIN);
    let mut is_full = false;
    let mut widths: Vec<u16> = Vec::with_capacity(columns.len());
    for column in columns {
        // One cell stands between two columns.
        let needed = column.width + u16::from(!widths.is_empty());
        is_full |= needed > left;
        if is_full {
            widths.push(0);
        } else {
            left -= needed;
            widths.push(column.width);
        }
    }
    let grows = |(column, width): &(&Column, &mut u16)| column.grows && **width > 0;
    let growing = columns.iter().zip(&mut widths).filter(grows).count();
    let share = left / u16::try_from(growing.max(1)).unwrap_or(1);
    for (_, width) in columns.iter().zip(&mut widths).filter(grows) {
        *width += share;
    }
    widths
}

/// Returns the column under a cell of the list's heading.
pub fn column_at(widths: &[u16], x: u16) -> Option<usize> {
    let mut start = MARGIN;
    widths.iter().position(|width| {
        let range = start..start + width;
        start += width + 1;
        range.contains(&x)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[Column::new("alias", "ALIAS", 8), Column::new("count", "COUNT", 8)];

    fn row(alias: &str, count: usize) -> Row {
        Row {
            id: Arn::parse(&format!("arn:aws:ssm-contacts:eu-west-1:111122223333:contact/{alias}")).unwrap(),
            cells: vec![Cell::new(alias, Role::Normal), Cell::count(count)],
            is_stale: false,
            has_finding: false,
        }
    }

    fn list(rows: &[(&str, usize)]) -> List {
        let mut list = List::default();
        list.set_rows(rows.iter().map(|(alias, count)| row(alias, *count)).collect(), COLUMNS);
        list
    }

    fn aliases(list: &List) -> Vec<&str> {
        list.shown().map(|row| row.cells[0].text.as_str()).collect()
    }

    #[test]
    fn the_selection_stays_on_its_row_when_others_arrive() {
        let mut list = list(&[("b", 1), ("d", 2)]);
        list.move_by(1);
        list.set_rows(
            ["a", "b", "c", "d"].iter().map(|alias| row(alias, 0)).collect(),
            COLUMNS,
        );
        assert_eq!(list.selected().unwrap().cells[0].text, "d");
        list.set_rows(vec![row("a", 0)], COLUMNS);
        assert_eq!(list.selected().unwrap().cells[0].text, "a");
        list.set_rows(Vec::new(), COLUMNS);
        assert!(list.selected().is_none());
    }

    #[test]
    fn columns_fill_the_width_and_never_more() {
        let columns = [
            Column::growing("a", "A", 10),
            Column::new("b", "B", 5),
            Column::growing("c", "C", 10),
        ];
        for width in 0..200 {
            let widths = widths(&columns, width);
            let gaps = u16::try_from(widths.iter().filter(|width| **width > 0).count())
                .unwrap()
                .saturating_sub(1);
            assert!(
                MARGIN.min(width) + widths.iter().sum::<u16>() + gaps <= width,
                "{width}: {widths:?}"
            );
            assert!(
                widths
                    .iter()
                    .zip(&columns)
                    .all(|(width, column)| *width == 0 || *width >= column.width),
                "{width}: a column is whole or not there: {widths:?}"
            );
        }
        assert_eq!(column_at(&[10, 5], MARGIN), Some(0));
        assert_eq!(column_at(&[10, 5], MARGIN + 11), Some(1));
        assert_eq!(column_at(&[10, 5], 0), None);
    }

    #[test]
    fn numbers_are_sorted_as_numbers() {
        let mut list = list(&[("a", 10), ("b", 9), ("c", 0)]);
        list.sort_by_next(COLUMNS);
        assert_eq!(aliases(&list), ["c", "b", "a"]);
        list.sort_by(1, COLUMNS);
        assert_eq!(aliases(&list), ["a", "b", "c"]);
    }

    #[test]
    fn a_range_is_marked_from_the_last_mark() {
        let mut list = list(&[("a", 0), ("b", 0), ("c", 0), ("d", 0)]);
        list.toggle_mark();
        list.move_by(2);
        list.mark_range();
        assert_eq!(list.marks().len(), 3);
        list.select(0);
        list.toggle_mark();
        assert_eq!(list.marks().len(), 2);
        list.set_rows(vec![row("d", 0)], COLUMNS);
        assert!(list.marks().is_empty(), "a mark goes with its row");
    }

    #[test]
    fn scrolling_keeps_the_selection_on_the_screen() {
        let names: Vec<String> = (0..50).map(|n| format!("p{n:02}")).collect();
        let mut list = List::default();
        list.set_rows(names.iter().map(|name| row(name, 0)).collect(), COLUMNS);
        list.select(30);
        list.scroll_into_view(10);
        assert_eq!(list.offset(), 21);
        list.select(25);
        list.scroll_into_view(10);
        assert_eq!(list.offset(), 21);
        list.select(0);
        list.scroll_into_view(10);
        assert_eq!(list.offset(), 0);
        list.select(49);
        list.scroll_into_view(100);
        assert_eq!(list.offset(), 0, "a taller screen shows all");
    }
}
