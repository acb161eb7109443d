using System.IO.Compression;

namespace RayOrleans.Silo.Jobs;

/// <summary>A program and the files beside it, packed to be sent to the node that runs it.</summary>
/// <param name="Program">The file to run, below the folder.</param>
/// <param name="Archive">The folder, as a ZIP archive.</param>
internal sealed record ProgramPackage(string Program, byte[] Archive)
{
    /// <summary>The largest that is taken, packed.</summary>
    public const long MaxBytes = 1 << 30;

    private const string RuntimeConfiguration = ".runtimeconfig.json";

    /// <summary>Packs a program.</summary>
    /// <param name="path">A folder with one program, as <c>dotnet publish</c> makes it, or the program in it: its assembly, or an executable that needs nothing else.</param>
    /// <exception cref="JobRequestException">There is no program, or more than one, or it is too large.</exception>
    public static ProgramPackage Pack(string path)
    {
        (string folder, string program) = Find(path);
        using MemoryStream archive = new();
        try
        {
            ZipFile.CreateFromDirectory(folder, archive, CompressionLevel.Fastest, includeBaseDirectory: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JobRequestException($"The program's folder {folder} cannot be read: {e.Message}", e);
        }

        return archive.Length <= MaxBytes
            ? new ProgramPackage(program, archive.ToArray())
            : throw new JobRequestException($"The folder {folder} is {archive.Length:N0} bytes when it is packed, and a program may be {MaxBytes:N0}; data belongs elsewhere.");
    }

    /// <summary>Unpacks it into a folder that does not exist yet.</summary>
    public static void Unpack(ReadOnlyMemory<byte> archive, string folder)
    {
        Directory.CreateDirectory(folder);
        using MemoryStream bytes = new(archive.ToArray(), writable: false);
        ZipFile.ExtractToDirectory(bytes, folder);
    }

    private static (string Folder, string Program) Find(string path)
    {
        if (File.Exists(path))
        {
            return (Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path));
        }

        if (!Directory.Exists(path))
        {
            throw new JobRequestException($"There is no file or folder {path}. Submit the folder that 'dotnet publish' or 'dotnet build' made, or the program in it.");
        }

        string[] programs =
        [
            .. Directory.EnumerateFiles(path, "*" + RuntimeConfiguration)
                .Select(static f => Path.GetFileName(f)[..^RuntimeConfiguration.Length] + ".dll")
                .Where(f => File.Exists(Path.Combine(path, f)))
                .Order(StringComparer.Ordinal),
        ];
        return programs switch
        {
            [var only] => (Path.GetFullPath(path), only),
            [] => throw new JobRequestException($"The folder {path} has no program: no NAME.dll with NAME{RuntimeConfiguration} beside it. Submit the folder that 'dotnet publish' or 'dotnet build' made, or name an executable in it."),
            _ => throw new JobRequestException($"The folder {path} has more than one program ({string.Join(", ", programs)}): name the one to run, as in {Path.Combine(path, programs[0])}."),
        };
    }
}
