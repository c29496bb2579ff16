import CSQLite

/// A failure of SQLite: what was being done, and what it said.
public struct DatabaseError: Error, Equatable, Sendable, CustomStringConvertible {
  /// SQLite's extended result code.
  public var code: Int32
  /// SQLite's message.
  public var message: String
  /// What was being done.
  public var action: String

  /// A failure with SQLite's result code.
  public init(code: Int32, message: String, action: String) {
    self.code = code
    self.message = message
    self.action = action
  }

  /// What a statement that is told to stop ends with.
  public static let interrupted = DatabaseError(
    code: SQLITE_INTERRUPT, message: "interrupted", action: "read")

  /// All three.
  public var description: String { "\(action): \(message) (SQLite code \(code))" }

  /// Whether the file is no database, or a damaged one: no attempt with it will succeed.
  public var isDamage: Bool { [SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xFF) }

  /// Whether it was told to stop.
  public var isInterruption: Bool { code & 0xFF == SQLITE_INTERRUPT }

  /// Whether somebody else holds the file: a later attempt may succeed.
  public var isLock: Bool { [SQLITE_BUSY, SQLITE_LOCKED].contains(code & 0xFF) }
}

/// A connection to an SQLite database. Not shared between threads: whoever owns it confines it.
public final class Database {
  fileprivate var handle: OpaquePointer?
  private var statements: [String: Statement] = [:]
  /// Asked while statements run whether they may go on.
  private var mayGoOn: (() -> Bool)?

  /// Opens, or makes, the database at `path`.
  /// - Parameters:
  ///   - path: The file.
  ///   - readOnly: Never changes it.
  ///   - patience: How long to wait for a lock that another process holds, in milliseconds.
  ///   - fileSystem: The name of an SQLite VFS; `nil`: the machine's files.
  public init(
    path: String, readOnly: Bool = false, patience: Int32 = 2_000, fileSystem: String? = nil
  ) throws(DatabaseError) {
    let flags =
      SQLITE_OPEN_NOMUTEX
      | (readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    let result = sqlite3_open_v2(path, &handle, flags, fileSystem)
    if result != SQLITE_OK {
      let error = error(result, "open \(path)")
      sqlite3_close_v2(handle)
      throw error
    }
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, patience)
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs statements that return nothing.
  public func execute(_ sql: String) throws(DatabaseError) {
    let result = sqlite3_exec(handle, sql, nil, nil, nil)
    if result != SQLITE_OK { throw error(result, sql) }
  }

  /// Prepares a statement to be run many times.
  public func prepare(_ sql: String) throws(DatabaseError) -> Statement {
    var statement: OpaquePointer?
    let result = sqlite3_prepare_v3(
      handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard result == SQLITE_OK, let statement else { throw error(result, sql) }
    return Statement(statement, database: self, sql: sql)
  }

  /// The statement that runs `sql`, prepared at its first use and kept. Ready to run; who stops before its last row
  /// resets it.
  public func kept(_ sql: String) throws(DatabaseError) -> Statement {
    if let known = statements[sql] { return known }
    let statement = try prepare(sql)
    statement.isKept = true
    statements[sql] = statement
    return statement
  }

  /// The text of every statement that is prepared at present, in no order.
  public var preparedTexts: [String] {
    var texts: [String] = []
    var next = sqlite3_next_stmt(handle, nil)
    while let statement = next {
      if let text = sqlite3_sql(statement) { texts.append(String(cString: text)) }
      next = sqlite3_next_stmt(handle, statement)
    }
    return texts
  }

  /// Runs `body`, whose statements end with `SQLITE_INTERRUPT` once `goesOn` says no. It is asked every few thousand
  /// steps of SQLite's machine, on the thread that runs them.
  public func run<T>(
    while goesOn: @escaping () -> Bool, _ body: () throws -> T
  ) rethrows -> T {
    mayGoOn = goesOn
    sqlite3_progress_handler(
      handle, 4_096,
      { context in
        guard let context else { return 0 }
        let database = Unmanaged<Database>.fromOpaque(context).takeUnretainedValue()
        return database.mayGoOn?() ?? true ? 0 : 1
      }, Unmanaged.passUnretained(self).toOpaque())
    defer {
      sqlite3_progress_handler(handle, 0, nil, nil)
      mayGoOn = nil
    }
    return try body()
  }

  /// The first column of the first row, as an integer; `nil` if there is none.
  public func integer(_ sql: String) throws(DatabaseError) -> Int64? {
    let statement = try prepare(sql)
    return try statement.step() && !statement.isNull(0) ? statement.integer(0) : nil
  }

  /// The first column of the first row, as text; `nil` if there is none.
  public func text(_ sql: String) throws(DatabaseError) -> String? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.text(0) : nil
  }

  /// Begins a copy of the database to a new file.
  /// - Parameter statement: Is run in the copy when it is complete.
  public func copy(
    to path: String, sealedBy statement: String
  ) throws(DatabaseError) -> DatabaseCopy {
    try DatabaseCopy(of: self, handle, to: path, sealedBy: statement)
  }

  /// Copies the database at `path`, with what is in its log, to a new file.
  public static func copyFile(from path: String, to copy: String) throws(DatabaseError) {
    let source = try Database(path: path, readOnly: true, patience: 0)
    let copying = try source.copy(to: copy, sealedBy: "")
    while try !copying.step(pages: -1) {}
  }

  /// Leaves the write-ahead log as it is on closing.
  func leaveLogOnClose() { rota_sqlite3_leave_log_on_close(handle) }

  func error(_ code: Int32, _ action: String) -> DatabaseError {
    DatabaseError(code: code, message: String(cString: sqlite3_errmsg(handle)), action: action)
  }
}

/// A copy of a database that is being made while the database is in use (SQLite's online backup). What is written
/// between two steps through the database that is copied from is in the copy too.
public final class DatabaseCopy {
  private let source: Database
  private let target: Database
  private let path: String
  private let seal: String
  private var backup: OpaquePointer?

  fileprivate init(
    of source: Database, _ handle: OpaquePointer?, to path: String, sealedBy seal: String
  ) throws(DatabaseError) {
    self.source = source
    self.path = path
    self.seal = seal
    target = try Database(path: path)
    backup = sqlite3_backup_init(target.handle, "main", handle, "main")
    if backup == nil { throw target.error(sqlite3_errcode(target.handle), "back up to \(path)") }
  }

  deinit { sqlite3_backup_finish(backup) }

  /// Copies some pages more.
  /// - Returns: whether the copy is complete, and on disk.
  public func step(pages: Int32) throws(DatabaseError) -> Bool {
    let result = sqlite3_backup_step(backup, pages)
    if result == SQLITE_OK { return false }
    let end = sqlite3_backup_finish(backup)
    backup = nil
    if result != SQLITE_DONE { throw target.error(result, "back up to \(path)") }
    if end != SQLITE_OK { throw target.error(end, "back up to \(path)") }
    try target.execute("PRAGMA journal_mode=DELETE")
    try target.execute(seal)
    return true
  }
}

/// A prepared statement. Parameters count from 1, columns from 0, as in SQLite.
public final class Statement {
  private let handle: OpaquePointer
  private unowned let database: Database
  /// What keeps the database open for a statement that it does not keep itself.
  private var owner: Database?
  private let sql: String
  private static let copy = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  init(_ handle: OpaquePointer, database: Database, sql: String) {
    self.handle = handle
    self.database = database
    owner = database
    self.sql = sql
  }

  deinit { sqlite3_finalize(handle) }

  /// Whether the database keeps it, and so must not be kept by it.
  var isKept: Bool {
    get { owner == nil }
    set { owner = newValue ? nil : database }
  }

  /// Binds an integer.
  public func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }

  /// Binds an integer, or NULL.
  public func bind(_ index: Int32, _ value: Int64?) {
    if let value { bind(index, value) } else { sqlite3_bind_null(handle, index) }
  }

  /// Binds a real number, or NULL.
  public func bind(_ index: Int32, _ value: Double?) {
    if let value {
      sqlite3_bind_double(handle, index, value)
    } else {
      sqlite3_bind_null(handle, index)
    }
  }

  /// Binds text, or NULL.
  public func bind(_ index: Int32, _ value: String?) {
    guard let value else {
      sqlite3_bind_null(handle, index)
      return
    }
    sqlite3_bind_text(handle, index, value, Int32(value.utf8.count), Self.copy)
  }

  /// Binds bytes.
  public func bind(_ index: Int32, bytes: some Collection<UInt8>) {
    let isBound: Void? = bytes.withContiguousStorageIfAvailable { buffer in
      _ = sqlite3_bind_blob(
        handle, index, buffer.baseAddress, Int32(buffer.count), Self.copy)
    }
    if isBound == nil { bind(index, bytes: Array(bytes)) }
  }

  /// Moves to the next row; `false` when there is none, and the statement is ready to run again.
  @discardableResult
  public func step() throws(DatabaseError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      sqlite3_reset(handle)
      return false
    case let code:
      let error = database.error(code, sql)
      sqlite3_reset(handle)
      throw error
    }
  }

  /// Makes the statement ready to run again before its rows are used up.
  public func reset() { sqlite3_reset(handle) }

  /// Whether a column is NULL.
  public func isNull(_ column: Int32) -> Bool {
    sqlite3_column_type(handle, column) == SQLITE_NULL
  }

  /// A column as an integer.
  public func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  /// A column as text; NULL as empty.
  public func text(_ column: Int32) -> String {
    sqlite3_column_text(handle, column).map { String(cString: $0) } ?? ""
  }

  /// A column as bytes.
  public func bytes(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(handle, column) else { return [] }
    let count = Int(sqlite3_column_bytes(handle, column))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// How many columns a row has.
  public var columnCount: Int32 { sqlite3_column_count(handle) }

}
