/// The character classes of the grammar, byte by byte.
enum Characters {
  /// `lower`, `DIGIT` or `-`.
  @inline(__always)
  static func isName(_ byte: UInt8) -> Bool {
    isLower(byte) || isDigit(byte) || byte == 0x2D
  }

  @inline(__always)
  static func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// A letter, digit, `-`, `.`, `:` or `_`: what tags, keys and ids are made of.
  @inline(__always)
  static func isToken(_ byte: UInt8) -> Bool {
    isLower(byte) || isDigit(byte) || (byte >= 0x41 && byte <= 0x5A) || byte == 0x2D
      || byte == 0x2E || byte == 0x3A || byte == 0x5F
  }

  /// Visible, and neither `"` nor `=` nor `\`. Bytes of non-ASCII characters count as visible.
  @inline(__always)
  static func isBare(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != 0x7F && byte != 0x22 && byte != 0x3D && byte != 0x5C
  }

  /// NUL, C0 or DEL.
  @inline(__always)
  static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

  /// A character that may drive a terminal or reorder text: C0, DEL, C1, and the bidirectional
  /// controls (Unicode Standard Annex #9). Escaped in everything the server prints.
  static func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

/// What ids, tags and keys look like.
public enum Token {
  /// Whether `text` is 1 to `limit` letters, digits, `-`, `.`, `:` or `_`.
  public static func isValid(_ text: String, limit: Int = 64) -> Bool {
    let bytes = text.utf8
    return !bytes.isEmpty && bytes.count <= limit && bytes.allSatisfy(Characters.isToken)
  }
}

/// Text for a terminal.
public enum Visible {
  /// `text` with everything that could drive a terminal or reorder what is shown made visible, so
  /// that a caller's name can do neither.
  public static func text(_ text: some StringProtocol) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return String(text) }
    var result = ""
    for scalar in text.unicodeScalars {
      if Characters.mustBeEscaped(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
