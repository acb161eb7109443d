using System.Globalization;

namespace RayOrleans.Runtime.Cluster.Gcs.Files;

/// <summary>
/// Names of a shard's files: the epoch that wrote them, the part, and what they are. A state stands for everything before the log of the same epoch
/// and part. Names sort as the files are read.
/// </summary>
internal readonly record struct RecordFileName(long Epoch, int Part, bool IsState) : IComparable<RecordFileName>
{
    public static RecordFileName? TryParse(string path)
    {
        ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan());
        bool isState = name.EndsWith(".state", StringComparison.Ordinal);
        return (isState || name.EndsWith(".log", StringComparison.Ordinal)) && name.Length > 25 && name[16] == '-'
            && long.TryParse(name[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long epoch)
            && int.TryParse(name[17..25], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int part)
            && name[25] == '.'
            ? new RecordFileName(epoch, part, isState)
            : null;
    }

    public int CompareTo(RecordFileName other) =>
        Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Part != other.Part ? Part.CompareTo(other.Part) : other.IsState.CompareTo(IsState);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch:x16}-{Part:x8}.{(IsState ? "state" : "log")}");
}
