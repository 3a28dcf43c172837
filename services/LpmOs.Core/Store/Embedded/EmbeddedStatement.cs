using Microsoft.Data.Sqlite;

namespace LpmOs.Core.Store.Embedded;

/// <summary>A prepared statement with positional parameters ?1, ?2, …</summary>
internal sealed class EmbeddedStatement : IDisposable
{
    private readonly SqliteCommand _command;

    public EmbeddedStatement(SqliteConnection connection, string sql, int parameters)
    {
        _command = connection.CreateCommand();
#pragma warning disable CA2100 // Only constants are passed; values go in as parameters.
        _command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 1; i <= parameters; i++)
            _command.Parameters.Add(new SqliteParameter($"?{i}", null));
    }

    public int Execute(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    public SqliteDataReader Read(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteReader();
    }

    public long Scalar(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return (long)_command.ExecuteScalar()!;
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }
}
