using Npgsql;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>What keeps a group of records can do at most, bare: groups of bytes per second.</summary>
internal static class GroupLimits
{
    /// <summary>Groups appended to a file, each by one write that the operating system has when it returns.</summary>
    public static RateVariant Write(BenchmarkScale scale, int bytes)
    {
        string path = Path.Combine(Path.GetTempPath(), $"rayorleans-limit-{Environment.ProcessId}-{Guid.NewGuid():N}");
        FileStream file = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.DeleteOnClose });
        byte[] group = Group(bytes);
        return new RateVariant(
            "plain file, a write per 1,000 records",
            scale,
            () =>
            {
                // A journal is replaced when it has grown; the file starts again.
                file.Position = file.Position > 64 << 20 ? 0 : file.Position;
                file.Write(group);
            },
            1,
            file);
    }

    /// <summary>Groups inserted as a row each, by a prepared statement over one connection.</summary>
    public static RateVariant Insert(BenchmarkScale scale, int bytes, string connectionString)
    {
        NpgsqlConnection connection = new(connectionString);
        connection.Open();
        using (NpgsqlCommand make = new("create temporary table limit_group (number bigserial primary key, records bytea); alter table limit_group alter column records set storage external", connection))
        {
            make.ExecuteNonQuery();
        }

        NpgsqlCommand insert = new("insert into limit_group (records) values ($1)", connection) { Parameters = { new() { Value = Group(bytes) } } };
        insert.Prepare();
        return new RateVariant("prepared insert of a row per 1,000 records", scale, () => insert.ExecuteNonQuery(), 1, connection);
    }

    private static byte[] Group(int bytes)
    {
        byte[] group = new byte[bytes];
        new Random(1).NextBytes(group);
        return group;
    }
}
