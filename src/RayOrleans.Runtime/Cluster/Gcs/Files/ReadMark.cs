using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace RayOrleans.Runtime.Cluster.Gcs.Files;

/// <summary>
/// How far an epoch has read the files of those before it: a stale activation that has not noticed yet may write behind that, which is never acknowledged,
/// and which later epochs must not take for part of what this one began with. A file of lines, replaced as a whole.
/// </summary>
internal sealed record ReadMark(long Epoch, IReadOnlyDictionary<RecordFileName, long> Ends)
{
    private const string Extension = ".read";
    private const string Title = "RayOrleans read mark 1";

    /// <summary>The newest mark of an epoch up to one; null: there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static ReadMark? Newest(string folder, long epoch)
    {
        long newest = Directory.EnumerateFiles(folder, "*" + Extension).Select(EpochOf).Where(e => e <= epoch).DefaultIfEmpty(-1).Max();
        return newest < 0 ? null : Parse(newest, PathOf(folder, newest));
    }

    /// <summary>Puts the mark in place, on the disk, before the epoch writes anything else.</summary>
    public void Write(string folder)
    {
        StringBuilder text = new StringBuilder().AppendLine(Title);
        foreach ((RecordFileName name, long end) in Ends)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{name} {end}");
        }

        byte[] lines = Encoding.ASCII.GetBytes(text.ToString());
        byte[] bytes = new byte[sizeof(ulong) + lines.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, XxHash3.HashToUInt64(lines, Epoch));
        lines.CopyTo(bytes, sizeof(ulong));
        string path = PathOf(folder, Epoch);
        string draft = path + ".new";
        using (FileStream file = new(draft, FileMode.Create, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Deletes the marks of earlier epochs.</summary>
    public static void DeleteBefore(string folder, long epoch)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*" + Extension).Where(p => EpochOf(p) < epoch))
        {
            File.Delete(path);
        }
    }

    private static ReadMark Parse(long epoch, string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length < sizeof(ulong) || XxHash3.HashToUInt64(bytes.AsSpan(sizeof(ulong)), epoch) != BinaryPrimitives.ReadUInt64LittleEndian(bytes))
        {
            throw new InvalidDataException($"{path} is damaged.");
        }

        string[] lines = Encoding.ASCII.GetString(bytes.AsSpan(sizeof(ulong))).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines[0] != Title)
        {
            throw new InvalidDataException($"{path} was written by another version, whose form is not known here.");
        }

        return new ReadMark(epoch, lines.Skip(1).Select(l => l.Split(' ')).ToDictionary(p => RecordFileName.TryParse(p[0])!.Value, p => long.Parse(p[1], CultureInfo.InvariantCulture)));
    }

    private static long EpochOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path.AsSpan()), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long epoch) ? epoch : long.MaxValue;

    private static string PathOf(string folder, long epoch) => Path.Combine(folder, epoch.ToString("x16", CultureInfo.InvariantCulture) + Extension);
}
