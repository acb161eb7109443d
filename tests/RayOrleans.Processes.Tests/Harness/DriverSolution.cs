namespace RayOrleans.Processes.Tests.Harness;

/// <summary>A program of three projects: <c>App</c> is started, <c>Pricing</c> is a library that uses a package of NuGet, <c>Taxes</c> is one that only <c>Pricing</c> uses.</summary>
internal sealed class DriverSolution : BuiltProgram
{
    /// <summary>The assemblies that no silo has.</summary>
    public static readonly string[] Assemblies = ["App.dll", $"{Package}.dll", "Pricing.dll", "Taxes.dll"];

    // A package that the build of these tests has restored, so that this one needs no feed, and that no silo has.
    private const string Package = "CsCheck";
    private const string PackageVersion = "5.0.1";

    public DriverSolution()
    {
        Write("Shop.slnx", """
            <Solution>
              <Project Path="App/App.csproj" />
              <Project Path="Pricing/Pricing.csproj" />
              <Project Path="Taxes/Taxes.csproj" />
            </Solution>
            """);
        Write("Directory.Build.props", $"""
            <Project>
              <PropertyGroup>
                <TargetFramework>{Framework}</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
                <NuGetAudit>false</NuGetAudit>
                <ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets>
                <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
              </PropertyGroup>
            </Project>
            """);
        Write("App/App.csproj", Project("<OutputType>Exe</OutputType>", References + Uses("Pricing")));
        Write("Pricing/Pricing.csproj", Project("", References + Uses("Taxes") + $"""    <PackageReference Include="{Package}" Version="{PackageVersion}" />{'\n'}"""));
        Write("Taxes/Taxes.csproj", Project("", ""));
    }

    /// <inheritdoc/>
    protected override string Output => Path.Combine("App", "bin", "Release", Framework, "App.dll");

    private static string Project(string properties, string items) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>{properties}</PropertyGroup>
          <ItemGroup>
        {items}  </ItemGroup>
        </Project>
        """;

    private static string Uses(string project) => $"""    <ProjectReference Include="../{project}/{project}.csproj" />{'\n'}""";
}
