namespace RayOrleans.Processes.Tests.Harness;

/// <summary>A program of one project.</summary>
internal sealed class DriverProgram : BuiltProgram
{
    private const string Name = "ShippedProgram";

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
                <ImportDirectoryBuildProps>false</ImportDirectoryBuildProps>
                <ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets>
                <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
              </PropertyGroup>
              <ItemGroup>
            {References}  </ItemGroup>
            </Project>
            """);
        Write("Program.cs", program);
    }

    /// <inheritdoc/>
    protected override string Output => Path.Combine("bin", "Release", Framework, $"{Name}.dll");
}
