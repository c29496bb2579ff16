/// Takes lines apart. Sans-I/O: it sees one whole line without its LF, and keeps nothing.
///
/// - Complexity: O(*bytes*), one pass.
public struct LineParser {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private var isASCII = false

  private init(_ line: ArraySlice<UInt8>) {
    bytes = line.last == 0x0D ? line.dropLast() : line
    position = line.startIndex
  }

  /// The request on a client line; `nil` for an empty line, which asks nothing.
  public static func request(_ line: ArraySlice<UInt8>) throws(LineError) -> Request? {
    var parser = LineParser(line)
    try parser.checkCharacters()
    if parser.isAtEnd { return nil }
    let tag = try parser.tag()
    if tag != nil { try parser.expect(0x20, "a space after the tag") }
    let verb = try parser.verb()
    var arguments: [Request.Argument] = []
    arguments.reserveCapacity(4)
    while try parser.skipSpaces() { arguments.append(try parser.argument()) }
    return Request(tag: tag, verb: verb, arguments: arguments)
  }

  /// A line of the server.
  public static func serverLine(_ line: ArraySlice<UInt8>) throws(LineError) -> ServerLine {
    // The server may have more to say than a client may ask.
    var parser = LineParser(line)
    try parser.checkCharacters(limit: .max)
    return try parser.serverLine()
  }

  /// The options of `text`, such as ` call=c-1 from="+48 22"`; empty if it is not such.
  public static func options(_ text: String) -> [Field] {
    var parser = LineParser(Array(text.utf8)[...])
    return (try? parser.options()) ?? []
  }

  private var isAtEnd: Bool { position == bytes.endIndex }

  /// Refuses over-long lines and control characters anywhere, also inside quotes.
  private mutating func checkCharacters(limit: Int = Limits.maxLine) throws(LineError) {
    if bytes.count >= limit { throw .lineTooLong }
    var all: UInt8 = 0
    for i in bytes.indices {
      all |= bytes[i]
      if Characters.isControl(bytes[i]) {
        throw .controlCharacter(column: i - bytes.startIndex + 1)
      }
      if bytes[i] == 0xC2, i + 1 < bytes.endIndex, bytes[i + 1] >= 0x80, bytes[i + 1] < 0xA0 {
        throw .controlCharacter(column: i - bytes.startIndex + 1)
      }
    }
    isASCII = all < 0x80
  }

  private func failure(_ expected: String) -> LineError {
    .badLine(column: position - bytes.startIndex + 1, expected: expected)
  }

  private mutating func expect(_ byte: UInt8, _ what: String) throws(LineError) {
    guard position < bytes.endIndex, bytes[position] == byte else { throw failure(what) }
    position += 1
  }

  /// Moves over spaces; `true` if something follows them.
  private mutating func skipSpaces() throws(LineError) -> Bool {
    if isAtEnd { return false }
    try expect(0x20, "a space")
    while position < bytes.endIndex, bytes[position] == 0x20 { position += 1 }
    return !isAtEnd
  }

  private func text(_ range: Range<Int>) throws(LineError) -> String {
    if isASCII { return String(decoding: bytes[range], as: UTF8.self) }
    guard let text = String(validating: bytes[range], as: UTF8.self) else { throw .badEncoding }
    return text
  }

  private mutating func run(
    _ expected: String, where isMember: (UInt8) -> Bool
  ) throws(LineError) -> String {
    let start = position
    while position < bytes.endIndex, isMember(bytes[position]) { position += 1 }
    if position == start { throw failure(expected) }
    return try text(start..<position)
  }

  private mutating func tag() throws(LineError) -> String? {
    guard position < bytes.endIndex, bytes[position] == 0x23 else { return nil }
    position += 1
    let tag = try run("a tag: letters, digits, - . : _", where: Characters.isToken)
    if tag.utf8.count > Limits.maxTag { throw failure("a tag of at most 32 characters") }
    return tag
  }

  private mutating func name() throws(LineError) -> String {
    guard position < bytes.endIndex, Characters.isLower(bytes[position]) else {
      throw failure("a name that begins with a lower-case letter")
    }
    return try run("a name", where: Characters.isName)
  }

  private mutating func verb() throws(LineError) -> String {
    let start = position
    _ = try name()
    while position < bytes.endIndex, bytes[position] == 0x2E {
      position += 1
      _ = try name()
    }
    return try text(start..<position)
  }

  private mutating func argument() throws(LineError) -> Request.Argument {
    let start = position
    if Characters.isLower(bytes[position]) {
      var end = position
      while end < bytes.endIndex, Characters.isName(bytes[end]) { end += 1 }
      if end < bytes.endIndex, bytes[end] == 0x3D {
        position = end + 1
        return .option(name: try text(start..<end), value: try value())
      }
    }
    return .word(try value())
  }

  private mutating func value() throws(LineError) -> String {
    if position < bytes.endIndex, bytes[position] == 0x22 { return try quoted() }
    let word = try run("a value; an empty one is \"\"", where: Characters.isBare)
    if position < bytes.endIndex, bytes[position] != 0x20 {
      throw failure("a space; quote a value that contains \" = or \\")
    }
    return word
  }

  private mutating func quoted() throws(LineError) -> String {
    position += 1
    var result = ""
    var start = position
    while position < bytes.endIndex {
      switch bytes[position] {
      case 0x22:
        result += try text(start..<position)
        position += 1
        if position < bytes.endIndex, bytes[position] != 0x20 { throw failure("a space") }
        return result
      case 0x5C:
        result += try text(start..<position)
        position += 1
        result.unicodeScalars.append(try escape())
        start = position
      default: position += 1  // foreign: UInt8
      }
    }
    throw failure("a closing quote")
  }

  private mutating func escape() throws(LineError) -> Unicode.Scalar {
    guard position < bytes.endIndex else { throw failure("an escape: \\\" \\\\ \\n \\t \\u{...}") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case 0x22: return "\""
    case 0x5C: return "\\"
    case 0x6E: return "\n"
    case 0x74: return "\t"
    case 0x75: return try unicodeEscape()
    default:  // foreign: UInt8
      position -= 1
      throw failure("an escape: \\\" \\\\ \\n \\t \\u{...}")
    }
  }

  private mutating func unicodeEscape() throws(LineError) -> Unicode.Scalar {
    try expect(0x7B, "{ after \\u")
    let digits = try run("1 to 6 hexadecimal digits") { byte in
      Characters.isDigit(byte) || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66
    }
    try expect(0x7D, "} after the digits")
    guard digits.utf8.count <= 6, let number = UInt32(digits, radix: 16),
      let scalar = Unicode.Scalar(number), number != 0
    else { throw failure("the number of a Unicode character") }
    return scalar
  }
}

extension LineParser {
  private mutating func serverLine() throws(LineError) -> ServerLine {
    guard position < bytes.endIndex else { throw failure("one of % * + - !") }
    let kind = bytes[position]
    position += 1
    switch kind {
    case 0x25:
      try expect(0x20, "a space")
      let name = try name()
      return .notice(name: name, options: try options())
    case 0x2A:
      let tag = try tag()
      return .row(tag: tag, options: try options())
    case 0x2B, 0x2D:
      let tag = try tag()
      try expect(0x20, "a space")
      let code = try code()
      try expect(0x20, "a space")
      let name = try name()
      return .reply(
        tag: tag, code: code, name: name, options: try options())
    case 0x21:
      try expect(0x20, "a space")
      let seq = try sequenceNumber()
      try expect(0x20, "a space")
      let type = try verb()
      return .event(seq: seq, type: type, options: try options())
    default:  // foreign: UInt8
      position -= 1
      throw failure("one of % * + - !")
    }
  }

  private mutating func code() throws(LineError) -> Int {
    let start = position
    let digits = try run("a reply code", where: Characters.isDigit)
    guard digits.utf8.count == 3, let code = Int(digits), [2, 4, 5].contains(code / 100) else {
      position = start
      throw failure("a reply code: 2xx, 4xx or 5xx")
    }
    return code
  }

  private mutating func sequenceNumber() throws(LineError) -> UInt64 {
    let start = position
    let digits = try run("a sequence number", where: Characters.isDigit)
    guard digits.utf8.first != 0x30, let seq = UInt64(digits) else {
      position = start
      throw failure("a sequence number of at most 64 bits")
    }
    return seq
  }

  private mutating func options() throws(LineError) -> [Field] {
    var options: [Field] = []
    while try skipSpaces() {
      guard case .option(let name, let value) = try argument() else {
        throw failure("name=value")
      }
      options.append(Field(name, value))
    }
    return options
  }
}
