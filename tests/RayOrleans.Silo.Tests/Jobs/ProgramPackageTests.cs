using System.Text;
using RayOrleans.Silo.Jobs;

namespace RayOrleans.Silo.Tests.Jobs;

public sealed class ProgramPackageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rayorleans-package-");

    [Fact]
    public void Folder_WithOneProgram_IsPackedAndUnpackedAsItIs()
    {
        Add("app.dll", "code");
        Add("app.runtimeconfig.json", "{}");
        Add("library.dll", "library");
        Add("data/numbers.txt", "1 2 3");

        ProgramPackage package = ProgramPackage.Pack(_folder.FullName);
        string there = Path.Combine(_folder.FullName, "unpacked");
        ProgramPackage.Unpack(package.Archive, there);

        Assert.Equal("app.dll", package.Program);
        Assert.Equal("1 2 3", File.ReadAllText(Path.Combine(there, "data", "numbers.txt")));
        Assert.Equal(4, Directory.GetFiles(there, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void File_IsTheProgram_WhateverElseIsThere()
    {
        Add("one.dll", "");
        Add("one.runtimeconfig.json", "{}");
        Add("two.dll", "");
        Add("two.runtimeconfig.json", "{}");

        Assert.Equal("two.dll", ProgramPackage.Pack(Path.Combine(_folder.FullName, "two.dll")).Program);
        Assert.Contains("one.dll, two.dll", Assert.Throws<JobRequestException>(() => ProgramPackage.Pack(_folder.FullName)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAProgram_ItSaysWhatIsMissing()
    {
        Add("library.dll", "");

        Assert.Contains("runtimeconfig.json", Assert.Throws<JobRequestException>(() => ProgramPackage.Pack(_folder.FullName)).Message, StringComparison.Ordinal);
        Assert.Contains("no file or folder", Assert.Throws<JobRequestException>(() => ProgramPackage.Pack(Path.Combine(_folder.FullName, "none"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nightly-2026.11_27", true)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    public void Id_IsAlsoAFoldersName(string id, bool isId) => Assert.Equal(isId, JobRuns.IsId(id));

    [Fact]
    public async Task Output_IsReadWhileItIsWritten_AndCutAtItsBound()
    {
        using OutputFile file = new(Path.Combine(_folder.FullName, "output"), most: 10);
        int told = 0;

        await file.FillAsync(new MemoryStream("1234"u8.ToArray()), () => told++);
        Assert.Equal("34", Encoding.UTF8.GetString(await file.ReadAsync(2, 100)));
        await file.FillAsync(new MemoryStream("567890abc"u8.ToArray()), () => told++);
        string all = Encoding.UTF8.GetString(await file.ReadAsync(0, 1000));

        Assert.StartsWith("1234567890\n[what follows is not kept", all, StringComparison.Ordinal);
        Assert.Equal(2, told);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => file.ReadAsync(all.Length + 1, 1));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Add(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
