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
}

/// What ids, tags and keys look like.
public enum Token {
  /// Whether `text` is 1 to `limit` letters, digits, `-`, `.`, `:` or `_`.
  public static func isValid(_ text: String, limit: Int = 64) -> Bool {
    let bytes = text.utf8
    return !bytes.isEmpty && bytes.count <= limit && bytes.allSatisfy(Characters.isToken)
  }
}
