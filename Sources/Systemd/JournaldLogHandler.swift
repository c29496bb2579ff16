import Base
import CSystemd
import Glibc
import LineProtocol
public import Logging

/// Sends log messages to journald with their metadata as fields, or, when standard error is not
/// connected to journald, to standard error.
///
/// A message with metadata `message-id` carries it as `MESSAGE_ID`, which the catalog explains
/// (`journalctl -x`). Other metadata become fields `ROTA_...`. Callers' numbers are personal data and
/// are never put into messages. What comes from outside all the same, in errors, is made visible: it can neither
/// begin a line of its own nor drive the terminal on which the log is read.
public struct JournaldLogHandler: LogHandler {
  /// Metadata of every message.
  public var metadata = Logger.Metadata()
  /// The least severe level that is logged.
  public var logLevel: Logger.Level
  private let hasJournal: Bool

  /// A handler for messages of `logLevel` and above.
  public init(logLevel: Logger.Level = .info) {
    self.logLevel = logLevel
    hasJournal = getenv("JOURNAL_STREAM") != nil
  }

  /// One item of the metadata of every message.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Sends one message.
  public func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    if hasJournal {
      send(event, all)
    } else {
      write(event, all)
    }
  }

  private func send(_ event: LogEvent, _ metadata: Logger.Metadata) {
    var fields = [
      "MESSAGE=\(Visible.lines("\(event.message)"))", "PRIORITY=\(priority(event.level))",
      "SYSLOG_IDENTIFIER=rotad",
      "CODE_FILE=\(event.file)", "CODE_LINE=\(event.line)",
    ]
    for (key, value) in metadata {
      let name = key.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }
      let text = Visible.lines("\(value)")
      fields.append(key == "message-id" ? "MESSAGE_ID=\(text)" : "ROTA_\(String(name))=\(text)")
    }
    let buffers = fields.map { Array($0.utf8) }
    var vectors = buffers.map { bytes -> iovec in
      let copy = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
      copy.copyMemory(from: bytes, byteCount: bytes.count)
      return iovec(iov_base: copy, iov_len: bytes.count)
    }
    sd_journal_sendv(&vectors, Int32(vectors.count))
    for vector in vectors { vector.iov_base.deallocate() }
  }

  private func write(_ event: LogEvent, _ metadata: Logger.Metadata) {
    let details = metadata.filter { $0.key != "message-id" }.map { " \($0.key)=\($0.value)" }
    // One message, one line.
    let line = Visible.text("rotad: \(event.level): \(event.message)\(details.sorted().joined())")
    var bytes = Array("\(line)\n".utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Syslog priorities, RFC 5424 section 6.2.1.
  private func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
