using Microsoft.Data.Sqlite;

namespace LpmOs.Core.Store.Embedded;

/// <summary>
/// The file. Tables:
/// <code>
/// state     one row: revision (the last one given), compacted (nothing can be read as of before it), pruned (what compaction left over is deleted up to it)
/// versions  every put and delete (value null) since the compaction, and for each key its last put before that
/// current   key → its living version; a WITHOUT ROWID tree in byte order of the key, so listing is one range scan
/// leases    id → whole time to live in seconds; deadlines live in memory, so a restart gives each its whole time again
/// </code>
/// </summary>
internal sealed class EmbeddedDatabase : IDisposable
{
    // "LpmO" in ASCII: tells our file from another program's.
    private const long ApplicationId = 0x4C706D4F;
    private const long SchemaVersion = 1;

    private const string Schema = """
        CREATE TABLE state(id INTEGER PRIMARY KEY CHECK(id = 1), revision INTEGER NOT NULL, compacted INTEGER NOT NULL, pruned INTEGER NOT NULL);
        INSERT INTO state VALUES(1, 1, 0, 0);
        CREATE TABLE versions(id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, key BLOB NOT NULL, value BLOB, create_revision INTEGER NOT NULL, lease_id INTEGER NOT NULL);
        CREATE INDEX versions_by_revision ON versions(revision);
        CREATE INDEX versions_by_key ON versions(key, revision);
        CREATE TABLE current(key BLOB PRIMARY KEY, mod_revision INTEGER NOT NULL, create_revision INTEGER NOT NULL, lease_id INTEGER NOT NULL, version_id INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX current_by_lease ON current(lease_id) WHERE lease_id <> 0;
        CREATE TABLE leases(id INTEGER PRIMARY KEY, seconds INTEGER NOT NULL);
        """;

    private readonly string _path;
    private readonly FileStream _lock;

    /// <exception cref="StoreUnavailableException">Another process has it open, or it is not ours; the message says what to do.</exception>
    public EmbeddedDatabase(string path)
    {
        _path = Path.GetFullPath(path);
        _lock = Lock(_path);
        try
        {
            using var connection = Open();
            Prepare(connection);
        }
        catch (SqliteException e)
        {
            _lock.Dispose();
            throw new StoreUnavailableException($"The store file {_path} cannot be opened: {e.Message}. Check Store:Embedded:Path, the disk and the file's rights.", outcomeUnknown: false, e);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            connection.Open();
            // FULL: a commit is on the disk before it is acknowledged, in WAL mode too.
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public IReadOnlyList<(long Id, long Seconds)> ReadLeases()
    {
        using var connection = Open();
        using var statement = new EmbeddedStatement(connection, "SELECT id, seconds FROM leases", 0);
        using var rows = statement.Read();
        var leases = new List<(long, long)>();
        while (rows.Read())
            leases.Add((rows.GetInt64(0), rows.GetInt64(1)));
        return leases;
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var handle = new FileStream(path + ".lock", OwnerOnly(FileShare.None));
            // SQLite takes over an empty file, and gives -wal and -shm the same rights: the store holds keys that sign tokens.
            using (new FileStream(path, OwnerOnly(FileShare.ReadWrite)))
                return handle;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(
                $"The store file {path} cannot be locked: {e.Message} One process owns the file: stop the other one, or give this one its own Store:Embedded:Path.",
                outcomeUnknown: false,
                e);
        }
    }

    private static FileStreamOptions OwnerOnly(FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private void Prepare(SqliteConnection connection)
    {
        var application = Read(connection, "PRAGMA application_id");
        var version = Read(connection, "PRAGMA user_version");
        if (application == ApplicationId && version == SchemaVersion)
            return;
        if (application != 0 || version != 0 || Read(connection, "SELECT count(*) FROM sqlite_master") != 0)
        {
            throw new StoreUnavailableException(
                $"The file {_path} is a database, but not a store of this version (application {application}, version {version}; expected {ApplicationId}, {SchemaVersion}). Give Store:Embedded:Path another file.",
                outcomeUnknown: false);
        }

        using var transaction = connection.BeginTransaction();
        Execute(connection, Schema);
        Execute(connection, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion};");
        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static long Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file only.
        command.CommandText = sql;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}
