package dev.reprise.inference;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.reprise.inference",
    importOptions = ImportOption.DoNotIncludeTests.class)
class InferenceLayeringTest {
  @ArchTest
  static final ArchRule onlyModelDependsOnOnnxRuntime =
      noClasses()
          .that()
          .resideOutsideOfPackage("..inference.model..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..");

  @ArchTest
  static final ArchRule modelsAreIndependentOfKafka =
      noClasses()
          .that()
          .resideInAPackage("..inference.model..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.kafka..");

  @ArchTest
  static final ArchRule nothingDependsOnTheService =
      noClasses()
          .that()
          .resideInAPackage("dev.reprise.inference.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.reprise.inference");

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("dev.reprise.inference.(*)..").should().beFreeOfCycles();
}
