using System.Buffers;
using RayOrleans.Runtime.Files;
using RayOrleans.Runtime.Tests.Code;
using RayOrleans.Runtime.Wire;

namespace RayOrleans.Runtime.Tests.Files;

public sealed class FilePackageTests : IDisposable
{
    private const long Limit = 100_000;

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Files_AreUnpackedWithTheirFolders_AndWhatCanBeExecuted()
    {
        string folder = _temporary.Sub("work");
        Write("work/a.txt", "a");
        Write("work/sub/deep/.hidden", "");
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        Write("work/run.sh", "#!/bin/sh");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_temporary.File("work/run.sh"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
            File.CreateSymbolicLink(Path.Combine(folder, "link"), "sub/../a.txt");
        }

        Write("elsewhere/b.txt", "b");
        string target = Unpack(Pack(new RuntimeEnv
        {
            WorkingDirectory = folder,
            Files = new Dictionary<string, string> { ["sub/b.txt"] = _temporary.File("elsewhere/b.txt"), ["more/all"] = _temporary.File("elsewhere") },
        }));

        Assert.Equal("a", File.ReadAllText(Path.Combine(target, "a.txt")));
        Assert.Equal("", File.ReadAllText(Path.Combine(target, "sub", "deep", ".hidden")));
        Assert.Equal("b", File.ReadAllText(Path.Combine(target, "sub", "b.txt")));
        Assert.Equal("b", File.ReadAllText(Path.Combine(target, "more", "all", "b.txt")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(target, "empty")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.True(File.GetUnixFileMode(Path.Combine(target, "run.sh")).HasFlag(UnixFileMode.UserExecute));
            Assert.False(File.GetUnixFileMode(Path.Combine(target, "a.txt")).HasFlag(UnixFileMode.UserExecute));
            Assert.Null(new FileInfo(Path.Combine(target, "link")).LinkTarget);
            Assert.Equal("a", File.ReadAllText(Path.Combine(target, "link")));
        }
    }

    [Fact]
    public void Hash_IsThatOfTheContent_WhereverItLies()
    {
        Write("one/x", "1");
        Write("one/y", "2");
        Write("two/y", "2");
        Write("two/x", "1");
        FilePackage one = Pack(new RuntimeEnv { WorkingDirectory = _temporary.File("one") });

        Assert.Equal(one.Hash, Pack(new RuntimeEnv { WorkingDirectory = _temporary.File("two") }).Hash);
        Assert.Equal(one.Hash, Pack(new RuntimeEnv { Files = new Dictionary<string, string> { ["y"] = _temporary.File("one/y"), ["x"] = _temporary.File("two/x") } }).Hash);
        Write("two/x", "3");
        Assert.NotEqual(one.Hash, Pack(new RuntimeEnv { WorkingDirectory = _temporary.File("two") }).Hash);
        Write("two/x", "1");
        File.Move(_temporary.File("two/x"), _temporary.File("two/z"));
        Assert.NotEqual(one.Hash, Pack(new RuntimeEnv { WorkingDirectory = _temporary.File("two") }).Hash);
    }

    [Fact]
    public void Environment_WithoutFiles_HasNone()
    {
        Assert.Null(FileList.Of(new RuntimeEnv(), Limit));
        Assert.Null(FileList.Of(new RuntimeEnv { Files = new Dictionary<string, string>() }, Limit));
    }

    [Theory]
    [InlineData("/etc/x", "absolute")]
    [InlineData("c:/x", "absolute")]
    [InlineData("../x", "'..'")]
    [InlineData("a/../../x", "'..'")]
    [InlineData("a/./x", "'.'")]
    [InlineData("a//x", "empty part")]
    [InlineData("a/", "empty part")]
    [InlineData("a\\x", "separate folders with /")]
    public void Path_ThatLeadsElsewhere_IsRefused(string path, string why)
    {
        Write("x", "1");
        RuntimeEnvException e = Assert.Throws<RuntimeEnvException>(() => FileList.Of(new RuntimeEnv { Files = new Dictionary<string, string> { [path] = _temporary.File("x") } }, Limit));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Content_WithAPathThatLeadsElsewhere_IsNotUnpacked()
    {
        ArrayBufferWriter<byte> content = new();
        content.WriteByte(1);
        content.WriteCount(1);
        content.WriteByte(1);
        content.WriteText("../out");
        content.WriteBits(0L);
        string target = _temporary.Sub("in");

        Assert.Throws<RaySerializationException>(() => FilePackage.Unpack(content.WrittenSpan, target));
        Assert.False(File.Exists(_temporary.File("out")));
    }

    [Fact]
    public void Files_ThatAreNotThere_AreNamed()
    {
        Write("file", "1");
        Refused(new RuntimeEnv { WorkingDirectory = _temporary.File("none") }, _temporary.File("none"), "does not exist");
        Refused(new RuntimeEnv { WorkingDirectory = _temporary.File("file") }, _temporary.File("file"), "must be a folder");
        Refused(new RuntimeEnv { Files = new Dictionary<string, string> { ["a"] = _temporary.File("none") } }, _temporary.File("none"), "does not exist");
    }

    [Fact]
    public void Files_OfTooManyBytes_AreRefused_AndManyEmptyOnesToo()
    {
        Write("large/a", new string('x', 60_000));
        Assert.NotNull(FileList.Of(new RuntimeEnv { WorkingDirectory = _temporary.File("large") }, Limit));
        Write("large/b", new string('x', 60_000));
        Refused(new RuntimeEnv { WorkingDirectory = _temporary.File("large") }, "100000 bytes", nameof(RayOptions.MaxRuntimeEnvBytes));
        for (int i = 0; i < 10; i++)
        {
            Write($"many/{i}", "");
        }

        Assert.Throws<RuntimeEnvException>(() => FileList.Of(new RuntimeEnv { WorkingDirectory = _temporary.File("many") }, 100));
    }

    [Fact]
    public void Files_WithOnePath_AreRefused()
    {
        Write("work/a", "1");
        Write("work/b/c", "1");
        Write("x", "2");
        string work = _temporary.File("work");
        Refused(new RuntimeEnv { WorkingDirectory = work, Files = new Dictionary<string, string> { ["a"] = _temporary.File("x") } }, "two of a", _temporary.File("x"));
        Refused(new RuntimeEnv { WorkingDirectory = work, Files = new Dictionary<string, string> { ["a/x"] = _temporary.File("x") } }, "two of a", "a folder for");
        Refused(new RuntimeEnv { WorkingDirectory = work, Files = new Dictionary<string, string> { ["b"] = _temporary.File("x") } }, "two of b", "a folder");
        Assert.NotNull(FileList.Of(new RuntimeEnv { WorkingDirectory = work, Files = new Dictionary<string, string> { ["b/x"] = _temporary.File("x") } }, Limit));
    }

    [Fact]
    public void Links_OutOfTheFolder_AreRefused()
    {
        Write("secret", "1");
        Write("work/a", "1");
        string link = _temporary.File("work/link");
        string work = _temporary.File("work");
        File.CreateSymbolicLink(link, _temporary.File("secret"));
        Refused(new RuntimeEnv { WorkingDirectory = work }, link, "outside");
        File.Delete(link);
        File.CreateSymbolicLink(link, "../secret");
        Refused(new RuntimeEnv { WorkingDirectory = work }, link, "outside");
        File.Delete(link);
        Directory.CreateSymbolicLink(link, "/");
        Refused(new RuntimeEnv { WorkingDirectory = work }, link, "a folder");
        Directory.Delete(link);
        File.CreateSymbolicLink(link, "nowhere");
        Refused(new RuntimeEnv { WorkingDirectory = work }, link, "does not exist");
    }

    private static FilePackage Pack(RuntimeEnv environment) => FilePackage.Of(FileList.Of(environment, Limit)!);

    private static void Refused(RuntimeEnv environment, params string[] parts)
    {
        RuntimeEnvException e = Assert.Throws<RuntimeEnvException>(() => FileList.Of(environment, Limit));
        Assert.All(parts, p => Assert.Contains(p, e.Message, StringComparison.Ordinal));
    }

    private string Unpack(FilePackage package)
    {
        string target = _temporary.Sub("target");
        FilePackage.Unpack(package.Bytes.Span, target);
        return target;
    }

    private void Write(string path, string text)
    {
        string full = _temporary.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
