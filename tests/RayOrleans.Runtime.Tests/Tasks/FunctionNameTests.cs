using System.Reflection;
using System.Reflection.Emit;

namespace RayOrleans.Runtime.Tests.Tasks;

/// <summary>What people read of the names that the compiler makes.</summary>
public sealed class FunctionNameTests
{
    [Theory]
    [InlineData("Add", "Program.Add")]
    [InlineData("<Run>b__0", "Program.Run.lambda")]
    [InlineData("<Run>g__Inner|0_0", "Program.Run.Inner")]
    [InlineData("<<Main>$>b__0_0", "Program.Main.lambda")]
    [InlineData("<<Main>$>g__Inner|0_1", "Program.Main.Inner")]
    public void Name_AsTheCompilerMakesIt_IsReadAsTheAuthorWouldSayIt(string made, string said)
    {
        TypeBuilder type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("names"), AssemblyBuilderAccess.RunAndCollect).DefineDynamicModule("names").DefineType("Program", TypeAttributes.Public);
        type.DefineMethod(made, MethodAttributes.Public | MethodAttributes.Static).GetILGenerator().Emit(OpCodes.Ret);

        Assert.Equal(said, FunctionNames.Of(type.CreateType().GetMethods().Single(m => m.Name == made)));
    }
}
