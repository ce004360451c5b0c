//! What the reader makes of rosters as people export them.

use super::*;
use chrono::NaiveDate;
use proptest::prelude::*;

fn parsed(bytes: &[u8]) -> Roster {
    read(bytes, &RosterForm::default()).unwrap()
}

fn refused(bytes: &[u8]) -> Refusal {
    read(bytes, &RosterForm::default()).unwrap_err()
}

fn named(names: &[(RosterColumn, &str)]) -> RosterForm {
    let names = names.iter().map(|(column, name)| (*column, (*name).to_owned()));
    RosterForm {
        columns: RosterColumns(names.collect()),
        encoding: None,
    }
}

fn names(roster: &Roster) -> Vec<&str> {
    roster.entries.iter().map(|entry| entry.name.as_str()).collect()
}

/// Returns the faults as `line: what`.
fn faults(roster: &Roster) -> Vec<String> {
    let fault = |fault: &RosterFault| format!("{}: {}", fault.line, fault.what);
    roster.faults.iter().map(fault).collect()
}

fn whole(address: Option<&Address>) -> Option<&str> {
    address.and_then(Address::reveal)
}

#[test]
fn the_shipped_rosters_are_read_without_a_fault() {
    for (bytes, count) in [
        (&include_bytes!("../../../assets/worlds/clean.roster.csv")[..], 12),
        (&include_bytes!("../../../assets/worlds/demo.roster.csv")[..], 34),
    ] {
        let roster = parsed(bytes);
        assert_eq!((roster.entries.len(), faults(&roster)), (count, Vec::new()));
    }
}

#[test]
fn a_row_is_a_person() {
    let roster = parsed(
        b"name,email,phone,team,status,left_on,manager\n\
          Viktor Petrov,viktor@harbour.example,+447700900105,payments,left,2025-09-30,Rosalind Achebe\n\
          Ana,,,,,,\n",
    );
    let [viktor, ana] = &*roster.entries else {
        panic!("{roster:?}")
    };
    assert_eq!((viktor.line, viktor.name.as_str()), (2, "Viktor Petrov"));
    assert_eq!(whole(viktor.email.as_ref()), Some("viktor@harbour.example"));
    assert_eq!(whole(viktor.phone.as_ref()), Some("+447700900105"));
    assert_eq!(viktor.team.as_deref(), Some("payments"));
    assert_eq!(viktor.status, Employment::Left);
    assert_eq!(viktor.left_on, NaiveDate::from_ymd_opt(2025, 9, 30));
    assert_eq!(viktor.manager.as_deref(), Some("Rosalind Achebe"));
    assert_eq!(
        (&ana.email, &ana.team, &ana.status),
        (&None, &None, &Employment::Active)
    );
}

#[test]
fn every_usual_encoding_is_read() {
    const TEXT: &str = "name,email\nZoë Müller,zoe@a.example\n";
    let utf_16 = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}"
            .encode_utf16()
            .chain(TEXT.encode_utf16())
            .flat_map(to_bytes)
            .collect()
    };
    let latin: Vec<u8> = TEXT.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for bytes in [
        TEXT.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", TEXT.as_bytes()].concat(),
        utf_16(u16::to_le_bytes),
        utf_16(u16::to_be_bytes),
        latin,
    ] {
        assert_eq!(names(&parsed(&bytes)), ["Zoë Müller"]);
    }
}

#[test]
fn an_encoding_that_was_named_is_believed() {
    let form = RosterForm {
        encoding: Encoding::named("Windows-1250"),
        ..RosterForm::default()
    };
    let roster = read(b"name,email\nTom\xe1\x9a Nov\xe1k,t@a.example\n", &form).unwrap();
    assert_eq!(names(&roster), ["Tomáš Novák"]);
    let utf_8 = RosterForm {
        encoding: Encoding::named("utf8"),
        ..RosterForm::default()
    };
    let refusal = read(b"name,email\nA,a@a.example\n\xe1,b@a.example\n", &utf_8).unwrap_err();
    assert_eq!(refusal.reason, "line 3 is not UTF-8");
    assert_eq!(Encoding::named("klingon"), None);
}

#[test]
fn what_is_no_table_of_text_is_refused_with_the_remedy() {
    for (bytes, reason, hint) in [
        (&b"PK\x03\x04rest"[..], "a workbook (.xlsx", "save it as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "a workbook (.xls)", "save it as CSV"),
        (b"%PDF-1.7", "a PDF", "save it as CSV"),
        (b"n\0a\0m\0e\0", "UTF-16 without a byte order mark", "roster_encoding"),
        (b"", "it is empty", "name,email,phone"),
        (b"\n \n\n", "it is empty", "name,email,phone"),
    ] {
        let refusal = refused(bytes);
        assert!(
            refusal.reason.contains(reason) && refusal.hint.contains(hint),
            "{refusal:?}"
        );
    }
    let mixed = [
        "name,email\nZoë,z@a.example\nÉva Ű,e@a.example\n".as_bytes(),
        b"M\xfcller,m@a.example\n",
    ]
    .concat();
    assert_eq!(refused(&mixed).reason, "line 4 is not UTF-8, as the other lines are");
}

#[test]
fn a_file_that_is_far_too_long_is_refused() {
    let bytes = vec![b'a'; usize::try_from(MAX_BYTES).unwrap() + 1];
    assert_eq!(refused(&bytes).reason, "it is longer than 32 MiB");
}

#[test]
fn every_usual_delimiter_is_found() {
    for sign in [",", ";", "\t", "|"] {
        let text = ["name", "email", "team\nLi, Na; x", "li@a.example", "a"].join(sign);
        // The sign within the name is quoted, as it would be by whoever exported it.
        let text = text.replace("Li, Na; x", "\"Li, Na; x\"");
        assert_eq!(names(&parsed(text.as_bytes())), ["Li, Na; x"], "{text}");
    }
    let roster = parsed(b"sep=;\r\nname;email\r\nLi Na;li@a.example\r\n");
    assert_eq!((names(&roster), roster.entries[0].line), (vec!["Li Na"], 3));
    // More cells with commas, and none of them known.
    let roster = parsed(b"name;email;note, remark, comment, more\nLi Na;li@a.example;\n");
    assert_eq!(names(&roster), ["Li Na"]);
}

#[test]
fn columns_are_known_by_their_usual_names() {
    let roster = parsed(
        b"Last Name,FIRST_NAME,E-Mail Address,Mobile Phone,Department,Employment Status,Termination Date,Reports to,\n\
          Mori,Keiko,k@a.example,+447700900111,duty,On-Leave,,Liam Doyle,\n",
    );
    let [keiko] = &*roster.entries else {
        panic!("{roster:?}")
    };
    assert_eq!(keiko.name, "Keiko Mori");
    assert_eq!(
        (keiko.team.as_deref(), &keiko.status),
        (Some("duty"), &Employment::OnLeave)
    );
    assert_eq!(keiko.manager.as_deref(), Some("Liam Doyle"));
}

#[test]
fn columns_are_known_by_the_names_that_were_set() {
    let form = named(&[(RosterColumn::Name, "Wer"), (RosterColumn::Email, "Postfach")]);
    let roster = read("wer,email,Postfach\nLi Na,private,li@a.example\n".as_bytes(), &form).unwrap();
    assert_eq!(whole(roster.entries[0].email.as_ref()), Some("li@a.example"));
    let refusal = read(b"name,email\n", &form).unwrap_err();
    assert_eq!(
        refusal.reason,
        "no column is called “Wer”, which is set as that of the name: line 1 has “name”, “email”"
    );
    assert!(refusal.hint.contains("correct name under [roster_columns]"));
}

#[test]
fn a_column_that_is_missing_is_told_with_those_that_are_there() {
    let refusal = refused(b"\nemail;nmae;team\nli@a.example;Li Na;a\n");
    assert_eq!(
        refusal.reason,
        "no column is that of the name: line 2 has “email”, “nmae”, “team”, parted by semicolons"
    );
    assert!(refusal.hint.ends_with("name = \"nmae\""), "{}", refusal.hint);
    let refusal = refused(b"name,team\nLi Na,a\n");
    assert!(refusal.reason.starts_with("no column is that of the mail address"));
    // The first row of a file without a header is somebody.
    let refusal = refused(b"Li Na,li@a.example,+447700900105\n");
    assert_eq!(
        refusal.reason,
        "no column is that of the name: line 1 has “Li Na”, “(an address)”, “(an address)”"
    );
}

#[test]
fn two_columns_for_one_thing_are_refused_unless_one_is_clearly_meant() {
    let refusal = refused(b"name,email,email\n");
    assert_eq!(
        refusal.reason,
        "two columns of line 1 may be that of the mail address: “email” and “email”"
    );
    assert!(
        refused(b"name,mail,work email\n")
            .reason
            .contains("“mail” and “work email”")
    );
    let roster = parsed(b"name,work email,E-Mail,department,team\nLi,w@a.example,m@a.example,d,t\n");
    assert_eq!(whole(roster.entries[0].email.as_ref()), Some("m@a.example"));
    assert_eq!(roster.entries[0].team.as_deref(), Some("t"));
    // Columns that are of no use here may be called what they like.
    assert_eq!(names(&parsed(b"name,email,note,note,,\nLi,a@a.example,,\n")), ["Li"]);
}

#[test]
fn lines_are_counted_through_quotes_empty_lines_and_every_line_end() {
    for end in ["\n", "\r\n", "\r"] {
        let text = [
            "name,email,note",
            "",
            "A,a@a.example,\"two",
            "lines, \"\"quoted\"\"\"",
            " , , ",
            "\"B",
            "b\",b@a.example,",
            "",
            "C,,",
        ]
        .join(end);
        let roster = parsed(text.as_bytes());
        let found: Vec<(u64, &str)> = roster.entries.iter().map(|e| (e.line, e.name.as_str())).collect();
        assert_eq!(found, [(3, "A"), (6, "B b"), (9, "C")], "{end:?}");
        assert_eq!(faults(&roster), Vec::<String>::new());
    }
}

#[test]
fn a_row_that_does_not_fit_the_header_is_left_out_and_told() {
    let roster = parsed(b"name,email\nPetrov, Viktor,v@a.example\nLi Na\nOk,o@a.example,,\n");
    assert_eq!(names(&roster), ["Ok"]);
    assert_eq!(
        faults(&roster),
        [
            "2: it has 3 cells where the header has 2; the row is left out",
            "3: it has 1 cells where the header has 2; the row is left out"
        ]
    );
}

#[test]
fn a_quotation_mark_that_is_not_closed_hides_nobody_silently() {
    let roster = parsed(b"name,email,note\nA,a@a.example,\"open\nB,b@a.example,\nC,c@a.example,\n");
    assert_eq!(names(&roster), [""; 0]);
    assert_eq!(
        faults(&roster),
        ["2: a quotation mark is not closed, so that lines 2 to 4 run together; they are left out"]
    );
    let roster = parsed(b"name,email,note\nA,a@a.example,\"open\nB,b@a.example,\"note\"\nC,c@a.example,\n");
    assert_eq!(names(&roster), ["C"]);
    assert_eq!(roster.faults.len(), 1);
}

#[test]
fn what_is_wrong_with_a_cell_is_told_and_the_rest_of_the_row_kept() {
    for (row, fault, is_kept) in [
        ("A,nobody,,,", "mail address: it has no @", true),
        (
            "A,a@a.example; b@a.example,,,",
            "mail address: it is more than one address",
            true,
        ),
        ("A,@a.example,,,", "mail address: it is no mail address", true),
        ("A,,call me,,", "phone number: it is no phone number", true),
        ("A,,4.477E+11,,", "phone number: a spreadsheet has rounded it", true),
        (
            "A,,+447700900105 / +447700900106,,",
            "phone number: it has too many digits",
            true,
        ),
        ("A,,,furloughed,", "status: “furloughed” is none of", true),
        (
            "A,,,left,03/04/2025",
            "last day: it is no day that has one meaning only",
            true,
        ),
        ("A\u{0},a@a.example,,,", "name: it holds a control character", true),
        (",a@a.example,,,", "it has no name", true),
        (",,,left,", "it has no name, and no address; the row is left out", false),
    ] {
        let roster = parsed(format!("name,email,phone,status,left_on\n{row}\n").as_bytes());
        let told = faults(&roster);
        assert!(
            told.iter().any(|told| told.starts_with(&format!("2: {fault}"))),
            "{row}: {told:?}"
        );
        assert_eq!(roster.entries.len(), usize::from(is_kept), "{row}");
        assert!(
            told.iter()
                .all(|told| !told.contains("a.example") && !told.contains("7700900")),
            "a fault holds nobody's address: {told:?}"
        );
    }
}

#[test]
fn hostile_words_are_neutralised_in_faults() {
    let roster = parsed("name,email,status\nA,,\u{202e}lost\n".as_bytes());
    assert_eq!(
        faults(&roster),
        ["2: status: “\u{fffd}lost” is none of active, on leave and left"]
    );
    let refusal = refused("na\u{202e}me,x\n".as_bytes());
    assert!(!refusal.reason.contains('\u{202e}'));
}

#[test]
fn the_same_person_twice_is_told_with_both_lines() {
    let roster =
        parsed(b"name,email,status\nA,A@a.example,active\nB,,\nA,a@A.example,left\nA,A@a.example,active\nB,,\n");
    assert_eq!(
        faults(&roster),
        [
            "4: it has the mail address of line 2, too",
            "5: it repeats line 2; the row is left out"
        ]
    );
    assert_eq!(roster.entries.len(), 4);
}

#[test]
fn days_are_read_where_they_have_one_meaning() {
    let day = NaiveDate::from_ymd_opt(2025, 9, 30).unwrap();
    for text in [
        "2025-09-30",
        "2025/9/30",
        "20250930",
        "30.09.2025",
        "30.9.2025",
        "30/09/2025",
        "09/30/2025",
        "30-09-2025",
        "30 Sep 2025",
        "30-Sep-2025",
        "30 September 2025",
        "September 30, 2025",
        "2025-09-30T00:00:00Z",
        "2025-09-30 00:00",
    ] {
        assert_eq!(cell::date(text), Ok(day), "{text}");
    }
    assert!(cell::date("05/05/2025").is_ok(), "it is the same day either way");
    for text in [
        "03/04/2025",
        "30/09/25",
        "45930",
        "25-09-30",
        "31.02.2025",
        "soon",
        "0025-01-01",
        "1/2",
    ] {
        assert!(cell::date(text).is_err(), "{text}");
    }
}

#[test]
fn the_usual_words_for_a_status_are_known() {
    for (word, status) in [
        ("Active", Employment::Active),
        ("on-leave", Employment::OnLeave),
        ("Parental_Leave", Employment::OnLeave),
        ("LEFT", Employment::Left),
        ("Terminated", Employment::Left),
        ("inactive", Employment::Other("inactive".to_owned())),
    ] {
        assert_eq!(cell::status(word), status, "{word}");
    }
    // Nothing is known of the status but the day on which it ended.
    let roster = parsed(b"name,email,left_on\nA,,2025-09-30\nB,,\n");
    assert_eq!(
        roster.entries.iter().map(|entry| &entry.status).collect::<Vec<_>>(),
        [&Employment::Left, &Employment::Active]
    );
}

#[test]
fn what_spreadsheets_put_around_a_value_is_taken_off() {
    let roster = parsed(
        b"name,email,phone,team\n  Li  Na ,Li Na <li@a.example>,'+44 (0)7700 900105 ext. 3,N/A\nNull,mailto:n@a.example,tel:+447700900106,null\n",
    );
    assert_eq!(faults(&roster), Vec::<String>::new());
    let [li, null] = &*roster.entries else {
        panic!("{roster:?}")
    };
    assert_eq!(
        (li.name.as_str(), whole(li.email.as_ref())),
        ("Li Na", Some("li@a.example"))
    );
    assert_eq!(whole(li.phone.as_ref()), Some("+44 (0)7700 900105 ext. 3"));
    assert_eq!((&li.team, null.name.as_str()), (&None, "Null"));
    assert_eq!(null.team.as_deref(), Some("null"), "some teams are called so");
}

#[test]
fn ten_thousand_rows_lose_nobody() {
    let rows = (0..10_000).map(|number| format!("Person {number},p{number}@a.example,+4477{number:08}\n"));
    let text: String = std::iter::once("name,email,phone\n".to_owned()).chain(rows).collect();
    let roster = parsed(text.as_bytes());
    assert_eq!((roster.entries.len(), roster.faults.len()), (10_000, 0));
    assert_eq!(roster.entries.last().map(|entry| entry.line), Some(10_001));
}

proptest! {
    #[test]
    fn no_bytes_stop_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read(&bytes, &RosterForm::default()).ok();
    }

    /// Each row of a table of two columns is an entry or a fault, whatever is in it.
    #[test]
    fn no_row_is_dropped_silently(cells in prop::collection::vec("[a-z@\",; é\u{202e}\0'+=0-9]{0,8}", 0..40)) {
        let rows = cells.iter().fold(String::new(), |rows, cell| rows + cell + ",x\n");
        let roster = parsed(format!("name,email\n{rows}").as_bytes());
        let told = |line: u64| {
            roster.entries.iter().any(|entry| entry.line == line)
                || roster.faults.iter().any(|fault| fault.line == line)
        };
        // A quotation mark may join rows, which the fault of the first one says.
        if !rows.contains('"') {
            for (index, _) in cells.iter().enumerate() {
                prop_assert!(told(u64::try_from(index).unwrap() + 2), "{rows:?}");
            }
        }
    }
}
