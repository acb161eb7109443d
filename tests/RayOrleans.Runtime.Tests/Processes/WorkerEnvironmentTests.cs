using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Tests.Processes;

public class WorkerEnvironmentTests
{
    [Fact]
    public void Set_KeepsTheNodesSecrets_AndAddsItsOwn()
    {
        Dictionary<string, string?> variables = new()
        {
            ["PATH"] = "/bin",
            ["RayOrleans__Cluster__Secret"] = "secret",
            ["RAYORLEANS__CLUSTER__CONNECTIONSTRING"] = "Password=secret",
            ["GREETING"] = "Hi",
        };

        WorkerEnvironment.Set(variables, new Dictionary<string, string> { ["GREETING"] = "Hallo", ["MORE"] = "1" });

        Assert.Equal(
            new Dictionary<string, string?> { ["PATH"] = "/bin", ["GREETING"] = "Hallo", ["MORE"] = "1" }.OrderBy(v => v.Key, StringComparer.Ordinal),
            variables.OrderBy(v => v.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Set_WithoutVariablesOfItsOwn_InheritsTheRest()
    {
        Dictionary<string, string?> variables = new() { ["PATH"] = "/bin" };

        WorkerEnvironment.Set(variables, null);

        Assert.Equal("/bin", Assert.Single(variables).Value);
    }
}
