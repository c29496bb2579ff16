/// Decides, character by character, which must be written as `\u{...}` so that text can neither drive a terminal,
/// nor break a line, nor reorder or hide what is shown.
///
/// They are: control characters (Cc: C0, DEL, C1), format characters (Cf: bidirectional controls, zero-width
/// characters, tags), line and paragraph separators (Zl, Zp), whatever else is invisible by default
/// (Default_Ignorable_Code_Point), and combining marks (Mn, Me) that have no character to stand on, or more than
/// four others before them. Unicode Standard, chapter 23 and Annex #9; Unicode Technical Report #36, section 3.
public struct Escaping {
  /// Marks on one character. Vietnamese needs two, pointed and cantillated Hebrew four.
  private static let mostMarks = 4
  private var marks = mostMarks

  /// For one text, from its beginning.
  public init() {}

  /// Whether `scalar`, which comes next, must be escaped.
  public mutating func includes(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value >= 0x20, scalar.value < 0x7F {
      marks = 0
      return false
    }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      // What is escaped is shown as plain characters; a mark would stand on the last of them.
      marks = Self.mostMarks
      return true
    case .nonspacingMark, .enclosingMark:
      if marks >= Self.mostMarks || properties.isDefaultIgnorableCodePoint { return true }
      marks += 1
      return false
    default:  // foreign: Unicode.GeneralCategory
      marks = properties.isDefaultIgnorableCodePoint ? Self.mostMarks : 0
      return properties.isDefaultIgnorableCodePoint
    }
  }

  /// `scalar` as the protocol and all text for people write it.
  public static func text(_ scalar: Unicode.Scalar) -> String {
    "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
  }
}

/// Text that came from outside, made harmless: the one way in which it reaches a terminal, a log or a file for people.
public enum Visible {
  /// `text` with everything that could drive a terminal, break the line, or reorder or hide what is shown written as
  /// `\u{...}`.
  public static func text(_ text: some StringProtocol) -> String {
    escaped(text) { Escaping.text($0) }
  }

  /// The same for text of several lines, which stay lines.
  public static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { self.text($0) }
      .joined(separator: "\n")
  }

  /// The same for a JSON text: its strings keep their meaning, `\u` and four digits standing for what is escaped (RFC 8259,
  /// section 7). Line feeds between its parts stay.
  public static func json(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in escaped(line) { Self.utf16($0) } }.joined(separator: "\n")
  }

  private static func escaped(
    _ text: some StringProtocol, _ escape: (Unicode.Scalar) -> String
  ) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return String(text) }
    var result = ""
    var escaping = Escaping()
    for scalar in text.unicodeScalars {
      if escaping.includes(scalar) {
        result += escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func utf16(_ scalar: Unicode.Scalar) -> String {
    String(scalar).utf16.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}
