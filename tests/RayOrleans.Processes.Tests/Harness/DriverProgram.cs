namespace RayOrleans.Processes.Tests.Harness;

/// <summary>A program of one project. The first of a run is built by the SDK; the others differ from it in their source alone, and are compiled as that build has compiled it.</summary>
internal sealed class DriverProgram : BuiltProgram
{
    private const string Name = "ShippedProgram";

    // Set by the first build; the tests of processes run one after the other.
    private static ProgramTemplate? _template;

    public DriverProgram(string program)
    {
        Write($"{Name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>{Framework}</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
                <ProvideCommandLineArgs>true</ProvideCommandLineArgs>
                <ImportDirectoryBuildProps>false</ImportDirectoryBuildProps>
                <ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets>
                <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
              </PropertyGroup>
              <ItemGroup>
            {References}  </ItemGroup>
              <Target Name="KeepCompilerArguments" AfterTargets="CoreCompile">
                <WriteLinesToFile File="{ProgramTemplate.ArgumentsFile}" Lines="@(CscCommandLineArgs)" Overwrite="true" />
              </Target>
            </Project>
            """);
        Write("Program.cs", program);
    }

    /// <inheritdoc/>
    protected override string Output => Path.Combine("bin", "Release", Framework, $"{Name}.dll");

    /// <inheritdoc/>
    public override async Task BuildAsync()
    {
        if (_template is { } template)
        {
            template.Compile(Folder, Assembly);
            return;
        }

        await base.BuildAsync();
        _template = new ProgramTemplate(Folder);
    }
}
