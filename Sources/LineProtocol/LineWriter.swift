import Base

/// Builds lines in a byte buffer that is reused: one line after another, no text in between.
public struct LineWriter: Sendable {
  /// The lines so far.
  public private(set) var bytes: [UInt8] = []

  /// An empty buffer.
  public init() {}

  /// Forgets all lines, keeping the memory.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Begins `% name`.
  public mutating func notice(_ name: String) { append("% \(name)") }

  /// Begins a row of the reply to the request tagged `tag`.
  public mutating func row(_ tag: String?) {
    bytes.append(0x2A)
    appendTag(tag)
  }

  /// Begins the last line of a reply.
  public mutating func reply(_ tag: String?, _ code: ReplyCode) {
    reply(tag, code: code.rawValue, name: code.word)
  }

  mutating func reply(_ tag: String?, code: Int, name: String) {
    bytes.append(code < 300 ? 0x2B : 0x2D)
    appendTag(tag)
    bytes.append(0x20)
    appendNumber(code)
    bytes.append(0x20)
    append(name)
  }

  /// Begins an event.
  public mutating func event(_ seq: UInt64, _ type: String) {
    append("! ")
    appendMagnitude(UInt(seq))
    bytes.append(0x20)
    append(type)
  }

  /// Writes a request, without the line's end.
  public mutating func request(_ request: Request) {
    if let tag = request.tag {
      appendTag(tag)
      bytes.append(0x20)
    }
    append(request.verb)
    for argument in request.arguments {
      switch argument {
      case .word(let value):
        bytes.append(0x20)
        appendValue(value)
      case .option(let name, let value): option(name, value)
      }
    }
  }

  /// Adds ` name=value`, quoted where needed.
  public mutating func option(_ name: String, _ value: String) {
    bytes.append(0x20)
    append(name)
    bytes.append(0x3D)
    appendValue(value)
  }

  /// Adds ` name=value`.
  public mutating func option(_ name: String, _ value: Int) {
    bytes.append(0x20)
    append(name)
    bytes.append(0x3D)
    appendNumber(value)
  }

  /// Adds ` name=seconds.milliseconds`.
  public mutating func option(_ name: String, _ span: TimeSpan) {
    bytes.append(0x20)
    append(name)
    bytes.append(0x3D)
    append(span)
  }

  /// Adds ` name=` and the time, RFC 3339.
  public mutating func option(_ name: String, _ instant: Instant) {
    bytes.append(0x20)
    append(name)
    bytes.append(0x3D)
    Timestamp.write(instant, to: &bytes)
  }

  /// Adds options that have been written before.
  public mutating func append(options: [Field]) {
    for option in options { self.option(option.name, option.value) }
  }

  /// Adds lines that are written already.
  public mutating func append(raw: [UInt8]) { bytes.append(contentsOf: raw) }

  /// Adds text that is part of a line already.
  public mutating func append(raw text: String) { append(text) }

  /// Ends the line.
  public mutating func end() { bytes.append(0x0A) }

  private mutating func append(_ text: String) {
    var text = text
    // Safe: the buffer is read within the call. Going through the UTF-8 view costs five times as much.
    text.withUTF8 { unsafe bytes.append(contentsOf: $0) }
  }

  private mutating func appendTag(_ tag: String?) {
    guard let tag else { return }
    bytes.append(0x23)
    append(tag)
  }

  private mutating func appendNumber(_ number: Int) {
    if number < 0 { bytes.append(0x2D) }
    appendMagnitude(number.magnitude)
  }

  private mutating func appendMagnitude(_ number: UInt) {
    var rest = number
    let start = bytes.count
    repeat {
      bytes.append(UInt8(truncatingIfNeeded: 0x30 + rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  private mutating func append(_ span: TimeSpan) {
    if span < .zero { bytes.append(0x2D) }
    let milliseconds = Int((span.microseconds.magnitude + 500) / 1_000)
    appendNumber(milliseconds / 1_000)
    bytes.append(0x2E)
    let fraction = milliseconds % 1_000
    bytes.append(UInt8(0x30 + fraction / 100))
    bytes.append(UInt8(0x30 + fraction / 10 % 10))
    bytes.append(UInt8(0x30 + fraction % 10))
  }

  private mutating func appendValue(_ value: String) {
    // Nearly all values are bare, and copied as they are.
    var text = value
    let isBare = text.withUTF8 { buffer in
      for i in 0..<buffer.count {
        let byte = unsafe buffer[i]
        if !Characters.isBare(byte) || byte >= 0x80 { return false }
      }
      unsafe bytes.append(contentsOf: buffer)
      return buffer.count > 0
    }
    if isBare { return }
    bytes.append(0x22)
    var escaping = Escaping()
    for scalar in value.unicodeScalars {
      // Asked of every character, for it must know what a mark stands on.
      appendQuoted(scalar, isEscaped: escaping.includes(scalar))
    }
    bytes.append(0x22)
  }

  private mutating func appendQuoted(_ scalar: Unicode.Scalar, isEscaped: Bool) {
    switch scalar {
    case "\"": append("\\\"")
    case "\\": append("\\\\")
    case "\n": append("\\n")
    case "\t": append("\\t")
    default:  // foreign: Unicode.Scalar
      if scalar.value == 0 {
        append("\\u{FFFD}")
      } else if isEscaped {
        append(Escaping.text(scalar))
      } else {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }
}

extension ServerLine {
  /// The line as text, without its end; parses back to an equal one.
  public var line: String {
    var writer = LineWriter()
    switch self {
    case .notice(let name, _): writer.notice(name)
    case .row(let tag, _): writer.row(tag)
    case .reply(let tag, let code, let name, _): writer.reply(tag, code: code, name: name)
    case .event(let seq, let type, _): writer.event(seq, type)
    }
    writer.append(options: options)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
