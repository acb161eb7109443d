using System.Buffers;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Wire;

namespace RayOrleans.Runtime.Files;

/// <summary>
/// The files of an environment as one content: their list, sorted by path, and their bytes one after the other. Equal files make an equal content, so it is named by its hash. Immutable.
/// </summary>
internal sealed class FilePackage
{
    private const byte Version = 1;
    private const byte Folder = 0;
    private const byte File = 1;
    private const byte Executable = 2;
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Runs = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private FilePackage(ReadOnlyMemory<byte> bytes)
    {
        Bytes = bytes;
        Hash = ContentHash.Of(bytes.Span);
    }

    /// <summary>The content.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Its name.</summary>
    public ContentHash Hash { get; }

    /// <summary>Reads files from the disk.</summary>
    /// <param name="list">What it is made of.</param>
    /// <exception cref="RuntimeEnvException">A file cannot be read, or changes meanwhile.</exception>
    public static FilePackage Of(FileList list)
    {
        ArrayBufferWriter<byte> head = new();
        head.WriteByte(Version);
        head.WriteCount(list.Entries.Count);
        foreach ((string path, FileSource entry) in list.Entries)
        {
            head.WriteByte(entry.Path is null ? Folder : entry.IsExecutable ? Executable : File);
            head.WriteText(path);
            if (entry.Path is not null)
            {
                head.WriteBits(entry.Length);
            }
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked(head.WrittenCount + (int)list.Bytes));
        head.WrittenSpan.CopyTo(bytes);
        int offset = head.WrittenCount;
        foreach (FileSource entry in list.Entries.Values.Where(static e => e.Path is not null))
        {
            entry.ReadInto(bytes.AsSpan(offset, (int)entry.Length));
            offset += (int)entry.Length;
        }

        return new FilePackage(bytes);
    }

    /// <summary>Writes the files of a content into a folder that is empty.</summary>
    /// <exception cref="RaySerializationException">The bytes are no such content, or a path in them leads out of the folder.</exception>
    /// <exception cref="IOException">The disk does not take them.</exception>
    public static void Unpack(ReadOnlySpan<byte> bytes, string folder)
    {
        WireReader reader = new(bytes);
        if (reader.ReadByte() != Version)
        {
            throw WireReader.Damaged("the files of an environment are of another version of RayOrleans");
        }

        (byte Kind, string Path, long Length)[] entries = new (byte, string, long)[reader.ReadCount(2)];
        long total = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            byte kind = reader.ReadByte();
            string path = reader.ReadRequiredText();
            if (kind > Executable || FilePath.ProblemOf(path) is not null)
            {
                throw WireReader.Damaged("the path of a file of an environment");
            }

            entries[i] = (kind, path, kind == Folder ? 0 : reader.ReadBits<long>());
            if (entries[i].Length < 0 || (total += entries[i].Length) > bytes.Length)
            {
                throw WireReader.Damaged("the length of a file of an environment");
            }
        }

        ReadOnlySpan<byte> contents = bytes[^(int)total..];
        foreach ((byte kind, string path, long length) in entries)
        {
            string target = Path.GetFullPath(Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar)));
            if (!target.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw WireReader.Damaged($"the file {path} of an environment lies outside of its folder");
            }

            if (kind == Folder)
            {
                Directory.CreateDirectory(target);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = kind == Executable ? Runs : Plain;
            }

            using FileStream file = new(target, options);
            file.Write(contents[..(int)length]);
            contents = contents[(int)length..];
        }
    }
}
